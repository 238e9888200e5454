import type { Program, Tensor } from '@deepstruct/tensor'
import type { Arguments } from '../arguments.ts'
import type { ValueType } from '../graph/value.ts'
import { trace, type Trace, type TraceOptions } from '../trace/trace.ts'
import { generalize } from './generalize.ts'
import { type OpenExtent, openShape, type Pattern, shapesAt } from './pattern.ts'
import { tracedExtents } from './traced-extents.ts'

/** A trace with one extent open. */
export interface OpenTrace extends Trace {
  /** The extents of each result; nothing for one that depends on the open extent in other ways than being it. */
  readonly resultShapes: readonly (readonly (OpenExtent | undefined)[])[]
  /** The extent at which the shapes of its values were noted. */
  readonly at: number
}

/** What a function is traced with. */
interface TracedArguments {
  /** The element types of the leaves. */
  readonly types: readonly Pick<ValueType, 'dtype'>[]
  /** The arguments around tensors. */
  rebuild(tensors: readonly Tensor[]): readonly unknown[]
}

/**
 * Traces a function at two extents and makes one graph of both.
 *
 * @param pattern - which extents of the arguments are open
 * @returns nothing where the function does something else at another extent
 * @throws what the function throws at one of them
 */
export function traceAtTwoExtents(
  program: Program,
  { types, rebuild }: TracedArguments,
  pattern: Pattern,
  options: Pick<TraceOptions, 'cut'> = {},
): OpenTrace | undefined {
  const extents = tracedExtents(pattern)
  const traceAt = (extent: number): Trace => {
    const shapes = shapesAt(pattern, extent)
    const sized = types.map(({ dtype }, i) => ({ dtype, shape: shapes[i]! }))
    return trace(program, sized, rebuild, { open: extent, ...options })
  }
  const first = traceAt(extents[0])
  const second = traceAt(extents[1])
  const both = generalize(first, second, extents, pattern.place)
  if (both === undefined) return undefined
  const resultShapes = first.results.map(({ shape }, i) =>
    openShape(shape, second.results[i]!.shape, extents),
  )
  return { ...both, resultShapes, at: extents[0] }
}

/**
 * Traces the function of a call with an extent open.
 *
 * @param pattern - which extents of the arguments are open
 * @returns nothing where the function does something else at another extent, or refuses it
 */
export function traceOpen(
  program: Program,
  { arrays, rebuild }: Arguments,
  pattern: Pattern,
  options: Pick<TraceOptions, 'cut'> = {},
): OpenTrace | undefined {
  try {
    return traceAtTwoExtents(program, { types: arrays, rebuild }, pattern, options)
  } catch {
    // The function refuses other extents than those it is called with; if it refuses all, it will say so when they are tried.
    return undefined
  }
}
