/** What an engine has compiled. */
export interface Report {
  /** The graphs, in the order in which they were compiled. */
  readonly graphs: readonly GraphReport[]
  /** The bytes of memory that threads share, for parameters and optimizer state: what is in use, and what was and is free again. */
  readonly sharedBytes: number
}

/** What became of a function. */
export interface GraphReport {
  /** The function's name. */
  readonly name: string
  /** The extents of its arguments; `'batch'` for one that is left open. */
  readonly shapes: readonly (readonly (number | string)[])[]
  /** The nodes of the graph, those of loops counted once. */
  readonly nodes: number
  /** Milliseconds that tracing took. */
  readonly traceMs: number
  /** Milliseconds that ONNX Runtime took to prepare it. */
  readonly sessionMs: number
}
