/** What an error of deepstruct says: where it happened, what came, what was expected, and why that matters. */
export interface ErrorDetails {
  /** The public function that refused, for example `structuredHinge`. */
  readonly function: string
  /** The argument that was refused, for example `labels`. */
  readonly argument: string
  /** What came, in words or as a shape. */
  readonly got: string
  /** What was expected instead. */
  readonly expected: string
  /** Why, where that is not obvious. */
  readonly why?: string
  /** The file the value came from, when it came from one. */
  readonly file?: string
  /** The line in that file, counted from 1. */
  readonly line?: number
  /** The error underneath. */
  readonly cause?: unknown
}

/**
 * The root of every error that deepstruct throws on purpose. Its message always has one form:
 * `function: argument is got, expected expected (why)`, preceded by `file:line` for data.
 */
export class DeepstructError extends Error {
  /** The name of the class. */
  override readonly name: string = 'DeepstructError'
  /** What the message is made of. */
  readonly details: ErrorDetails

  constructor(details: ErrorDetails) {
    super(sentence(details), details.cause === undefined ? undefined : { cause: details.cause })
    this.details = details
  }
}

/** An array has the wrong number of axes or a wrong extent. */
export class ShapeError extends DeepstructError {
  override readonly name = 'ShapeError'
}

/** An array has the wrong element type. */
export class DTypeError extends DeepstructError {
  override readonly name = 'DTypeError'
}

/** A value lies outside the set that the function is defined on. */
export class DomainError extends DeepstructError {
  override readonly name = 'DomainError'
}

/** An operation is not available on the engine that was asked to run it. */
export class UnsupportedOpError extends DeepstructError {
  override readonly name = 'UnsupportedOpError'
}

/** Training or inference left the finite numbers or a stated bound. */
export class DivergenceError extends DeepstructError {
  override readonly name = 'DivergenceError'
}

/** A data file, or a value read from one, is malformed. */
export class DataError extends DeepstructError {
  override readonly name = 'DataError'
}

/** A model file or checkpoint is cut off, of another version, or not one of ours. */
export class ModelFileError extends DeepstructError {
  override readonly name = 'ModelFileError'
}

/** A device handle was used after it had been donated or disposed, an engine cannot be had, or memory lacks for what it is asked to do. */
export class EngineError extends DeepstructError {
  override readonly name = 'EngineError'
}

function sentence({
  function: fn,
  argument,
  got,
  expected,
  why,
  file,
  line,
}: ErrorDetails): string {
  const place = file === undefined ? '' : line === undefined ? `${file}: ` : `${file}:${line}: `
  const reason = why === undefined ? '' : ` (${why})`
  return `${place}${fn}: ${argument} is ${got}, expected ${expected}${reason}`
}
