import { DeepstructError, DomainError, type Program, UnsupportedOpError } from '@deepstruct/tensor'
import type { Value } from '../graph/value.ts'
import { generalize } from '../polymorphic/generalize.ts'
import { tracedExtents } from '../polymorphic/traced-extents.ts'
import type { Extent } from '../protobuf/onnx-messages.ts'
import { trace, type Trace } from '../trace/trace.ts'
import type { DescribedInputs } from './input-description.ts'

/** A function of described inputs as a graph, for a fixed number of rows or for any. */
export interface TracedSolver {
  /** The graph. */
  readonly trace: Trace
  /** The extents of its arguments. */
  readonly inputShapes: readonly (readonly Extent[])[]
  /** The extents of a result; nothing where they depend on the number of rows in other ways than being it. */
  shapeOf(result: number): readonly Extent[] | undefined
}

/** What an open number of rows is called. */
const openRows = 'batch'

/**
 * Traces a function for a number of rows.
 *
 * @throws {@link @deepstruct/tensor!UnsupportedOpError} when it cannot be traced
 */
export function traceFixed(program: Program, inputs: DescribedInputs, rows: number): TracedSolver {
  const traced = traceAt(program, inputs, rows, false)
  return {
    trace: traced,
    inputShapes: shapesWith(inputs, rows),
    shapeOf: (result) => traced.results[result]?.shape,
  }
}

/**
 * Traces a function for any number of rows.
 *
 * @throws {@link @deepstruct/tensor!UnsupportedOpError} when it cannot be traced
 * @throws {@link @deepstruct/tensor!DomainError} when the number of rows has to be fixed
 */
export function traceOpen(program: Program, inputs: DescribedInputs): TracedSolver {
  const extents = tracedExtents(inputs.types.map(({ shape }) => shape.slice(1)))
  const place = { input: inputs.types.findIndex(({ shape }) => shape.length > 0), axis: 0 }
  let first: Trace
  let second: Trace
  try {
    first = traceAt(program, inputs, extents[0], true)
    second = traceAt(program, inputs, extents[1], true)
  } catch (error) {
    // When it fails with as many rows as were described, rows are not what is wrong.
    traceAt(program, inputs, inputs.types[place.input]?.shape[0] ?? 1, false)
    throw cannotStayOpen(program, error)
  }
  const general = generalize(first, second, extents, place)
  if (general === undefined) throw cannotStayOpen(program)
  return {
    trace: general,
    inputShapes: shapesWith(inputs, openRows),
    shapeOf: (result) => openShape(first.results[result]!, second.results[result]!, extents),
  }
}

function traceAt(program: Program, inputs: DescribedInputs, rows: number, open: boolean): Trace {
  const types = inputs.types.map(({ dtype, shape }) => ({ dtype, shape: withRows(shape, rows) }))
  try {
    return trace(program, types, (tensors) => [inputs.rebuild(tensors)], { open })
  } catch (error) {
    if (error instanceof DeepstructError) throw error
    throw new UnsupportedOpError({
      function: program.name,
      argument: 'solve',
      got: 'not traceable',
      expected: 'a pure, synchronous function of tensors',
      why: error instanceof Error ? error.message : String(error),
      cause: error,
    })
  }
}

function cannotStayOpen(program: Program, cause?: unknown): DomainError {
  return new DomainError({
    function: program.name,
    argument: 'batch',
    got: 'left open',
    expected: 'a number of rows, for example 32',
    why: 'solve does something else for another number of rows, so the graph fits one number only',
    cause,
  })
}

function shapesWith<Rows extends Extent>(
  { types }: DescribedInputs,
  rows: Rows,
): readonly (readonly (number | Rows)[])[] {
  return types.map(({ shape }) => withRows(shape, rows))
}

/** Extents with another number of rows, where there are rows. */
function withRows<Rows extends Extent>(
  [described, ...extents]: readonly number[],
  rows: Rows,
): readonly (number | Rows)[] {
  return described === undefined ? [] : [rows, ...extents]
}

function openShape(
  { shape }: Value,
  other: Value,
  [p, q]: readonly [number, number],
): readonly Extent[] | undefined {
  const extents = shape.map((extent, axis) => {
    const second = other.shape[axis]
    if (extent === second) return extent
    return extent === p && second === q ? openRows : undefined
  })
  return extents.every((extent) => extent !== undefined) ? extents : undefined
}
