import type { DType, TypedArray } from '@deepstruct/tensor'

/** The element types of a graph: those of tensors, and int64, which ONNX wants for shapes and positions. */
export type ElementType = DType | 'int64'

/** Something computed, given or constant in a graph. */
export interface Value {
  /** The element type. */
  readonly dtype: ElementType
  /** The extents at which the graph was traced. */
  readonly shape: readonly number[]
  /** Where it comes from. */
  readonly source: Source
}

/** Where a value comes from. */
type Source =
  /** An argument of the graph, or carried by a loop from step to step. */
  | { readonly kind: 'input'; readonly carried: boolean }
  /** These elements. */
  | { readonly kind: 'data'; readonly data: TypedArray }
  /** One repeated element. */
  | { readonly kind: 'fill'; readonly element: number }
  /** A short int64 vector: a shape, axes, positions. */
  | { readonly kind: 'integers'; readonly integers: readonly number[] }
  /** An output of a node. */
  | { readonly kind: 'node'; readonly node: Node; readonly output: number }

/** What an attribute of a node can be: a whole number, a float, a name or whole numbers. */
export type Attribute = number | { readonly float: number } | string | readonly number[]

/** An operator of ONNX applied to values. */
export interface Node {
  /** The operator. */
  readonly op: string
  /** The operands; an optional one that is left out is undefined. */
  readonly inputs: readonly (Value | undefined)[]
  /** The settings. */
  readonly attributes: Readonly<Record<string, Attribute>>
  /** The results. */
  readonly outputs: readonly Value[]
  /** What a `Loop` or `Scan` repeats. */
  readonly body?: Body
  /** Whether it may give something else at each step of a loop around it. */
  readonly varies: boolean
}

/**
 * The body of a loop: what it computes from the values that it carries. It may use values from outside. In a `Scan` the slices of its inputs and
 * outputs at a step follow the carried values.
 */
export interface Body {
  /** The carried values at the start of a step. */
  readonly inputs: readonly Value[]
  /** The carried values at its end. */
  readonly outputs: readonly Value[]
}

/** The extents and type that a result has. */
export interface ValueType {
  /** The element type. */
  readonly dtype: ElementType
  /** The extents. */
  readonly shape: readonly number[]
}

/** The node that computes a value, if it is this operator. */
export function computedBy(value: Value | undefined, op: string): Node | undefined {
  return value?.source.kind === 'node' && value.source.node.op === op
    ? value.source.node
    : undefined
}

/** Whether a value may be another one at each step of a loop. */
export function varies({ source }: Value): boolean {
  return source.kind === 'node' ? source.node.varies : source.kind === 'input' && source.carried
}

/** The element that a constant repeats, if it repeats one. */
export function repeatedElement(value: Value | undefined): number | undefined {
  return value?.source.kind === 'fill' ? value.source.element : undefined
}
