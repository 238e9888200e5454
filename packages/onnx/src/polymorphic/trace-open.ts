import type { Program } from '@deepstruct/tensor'
import type { Arguments } from '../arguments.ts'
import { trace, type Trace } from '../trace/trace.ts'
import { generalize } from './generalize.ts'
import { type Pattern, shapesAt } from './pattern.ts'
import { tracedExtents } from './traced-extents.ts'

/** A trace with one extent open. */
export interface OpenTrace extends Trace {
  /** Which results have the open extent on their first axis. */
  readonly rowResults: readonly boolean[]
  /** The extent at which the shapes of its values were noted. */
  readonly at: number
}

/**
 * Traces a function at two extents and makes one graph of both.
 *
 * @param pattern - which extents of the arguments are open
 * @returns nothing where the function does something else at another extent, or refuses it
 */
export function traceOpen(
  program: Program,
  { arrays, rebuild }: Arguments,
  pattern: Pattern,
  options: { readonly cut?: boolean } = {},
): OpenTrace | undefined {
  const extents = tracedExtents(arrays.map(({ shape }) => shape))
  const traceAt = (extent: number): Trace => {
    const shapes = shapesAt(pattern, extent)
    const types = arrays.map(({ dtype }, i) => ({ dtype, shape: shapes[i]! }))
    return trace(program, types, rebuild, { open: true, ...options })
  }
  try {
    const first = traceAt(extents[0])
    const second = traceAt(extents[1])
    const both = generalize(first, second, extents, pattern.place)
    const rowResults = first.results.map(
      ({ shape }, i) => shape[0] === extents[0] && second.results[i]?.shape[0] === extents[1],
    )
    return both && { ...both, rowResults, at: extents[0] }
  } catch {
    // The function refuses other extents than those it is called with; if it refuses all, it will say so when they are tried.
    return undefined
  }
}
