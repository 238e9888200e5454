import { DeepstructError, DomainError, type Program, UnsupportedOpError } from '@deepstruct/tensor'
import { free, type OpenExtent, type Pattern } from '../polymorphic/pattern.ts'
import { type OpenTrace, traceAtTwoExtents } from '../polymorphic/trace-open.ts'
import type { Extent } from '../protobuf/onnx-messages.ts'
import { trace, type Trace } from '../trace/trace.ts'
import type { DescribedInputs } from './input-description.ts'

/** A function of described inputs as a graph, for a fixed number of rows or for any. */
export interface TracedSolver {
  /** The graph. */
  readonly trace: Trace
  /** The extents of its arguments. */
  readonly inputShapes: readonly (readonly Extent[])[]
  /** The extents of its results; nothing where they depend on the number of rows in other ways than being it. */
  readonly resultShapes: readonly (readonly Extent[] | undefined)[]
}

/**
 * Traces a function for a number of rows.
 *
 * @throws {@link @deepstruct/tensor!UnsupportedOpError} when it cannot be traced
 */
export function traceFixed(program: Program, inputs: DescribedInputs, rows: number): TracedSolver {
  const inputShapes = shapesWith(inputs, rows)
  const types = inputs.types.map(({ dtype }, i) => ({ dtype, shape: inputShapes[i]! }))
  try {
    const traced = trace(program, types, (tensors) => [inputs.rebuild(tensors)])
    return { trace: traced, inputShapes, resultShapes: traced.results.map(({ shape }) => shape) }
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

/**
 * Traces a function for any number of rows.
 *
 * @throws {@link @deepstruct/tensor!UnsupportedOpError} when it cannot be traced
 * @throws {@link @deepstruct/tensor!DomainError} when the number of rows has to be fixed
 */
export function traceAnyRows(program: Program, inputs: DescribedInputs): TracedSolver {
  const place = { input: inputs.types.findIndex(({ shape }) => shape.length > 0), axis: 0 }
  const pattern: Pattern = { shapes: shapesWith(inputs, free), place }
  let traced: OpenTrace | undefined
  try {
    traced = traceAtTwoExtents(
      program,
      { types: inputs.types, rebuild: (tensors) => [inputs.rebuild(tensors)] },
      pattern,
    )
  } catch (error) {
    // When it fails with as many rows as were described, rows are not what is wrong.
    traceFixed(program, inputs, inputs.types[place.input]?.shape[0] ?? 1)
    throw cannotStayOpen(program, error)
  }
  if (traced === undefined) throw cannotStayOpen(program)
  const isKnown = (extent: OpenExtent | undefined): extent is OpenExtent => extent !== undefined
  return {
    trace: traced,
    inputShapes: pattern.shapes,
    resultShapes: traced.resultShapes.map((shape) => (shape.every(isKnown) ? shape : undefined)),
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

/** The extents of the inputs with another number of rows, where there are rows. */
function shapesWith<Rows extends Extent>(
  { types }: DescribedInputs,
  rows: Rows,
): readonly (readonly (number | Rows)[])[] {
  return types.map(({ shape: [described, ...extents] }) =>
    described === undefined ? [] : [rows, ...extents],
  )
}
