import type { NDArray, Program } from '@deepstruct/tensor'
import type { Arguments } from './arguments.ts'
import { type Compiled, compile } from './compile.ts'
import { generalize } from './polymorphic/generalize.ts'
import { commonPattern, fits, type Pattern, shapesAt } from './polymorphic/pattern.ts'
import { tracedExtents } from './polymorphic/traced-extents.ts'
import type { Runtime, SessionOptions } from './runtime/runtime.ts'
import { trace, type Trace } from './trace/trace.ts'

/** The graphs of one function: one for each set of shapes, or one for shapes that differ in one extent. */
export interface Specializations {
  /** The graph for these arguments, compiled at the first call. */
  find(args: Arguments): Promise<Compiled>
}

/** Where a graph fits: at these shapes, or at all of a pattern. Nothing where the pattern is known not to work. */
interface Entry {
  readonly structure: string
  readonly shapes: readonly (readonly number[])[]
  readonly pattern?: Pattern
  readonly compiled: Promise<Compiled | undefined>
}

/** More graphs of one function than this are worth a warning. */
const manyGraphs = 16

/** The graphs of a function, none yet. */
export function specializations(
  program: Program,
  runtime: Runtime,
  options: SessionOptions,
  onCompiled: (report: Compiled['report']) => void,
): Specializations {
  const entries: Entry[] = []
  const noted = async (compiling: Promise<Compiled>): Promise<Compiled> => {
    const compiled = await compiling
    onCompiled(compiled.report)
    return compiled
  }
  const traceAt = (args: Arguments, shapes: readonly (readonly number[])[], open: boolean): Trace =>
    trace(
      program,
      args.arrays.map(({ dtype }, i) => ({ dtype, shape: shapes[i]! })),
      args.rebuild,
      { open },
    )

  const fixed = async (args: Arguments): Promise<Compiled> => {
    const begin = performance.now()
    const traced = traceAt(args, shapesOf(args.arrays), false)
    return noted(compile(traced, performance.now() - begin, runtime, options))
  }

  const general = async (args: Arguments, pattern: Pattern): Promise<Compiled | undefined> => {
    const begin = performance.now()
    let traced: Trace | undefined
    try {
      const extents = tracedExtents(shapesOf(args.arrays))
      const [first, second] = extents.map((extent) =>
        traceAt(args, shapesAt(pattern, extent), true),
      ) as [Trace, Trace]
      traced = generalize(first, second, extents, pattern.place)
    } catch {
      // The function refuses other extents than those it is called with.
    }
    if (traced === undefined) return undefined
    return noted(compile(traced, performance.now() - begin, runtime, options, pattern.shapes))
  }

  return {
    async find(args) {
      const shapes = shapesOf(args.arrays)
      const related = entries.filter(({ structure }) => structure === args.structure)
      const exact = related.find(
        (entry) => entry.pattern === undefined && sameShapes(entry.shapes, shapes),
      )
      if (exact !== undefined) return (await exact.compiled)!
      for (const { pattern, compiled } of related)
        if (pattern !== undefined && fits(pattern, shapes)) {
          const found = await compiled
          if (found !== undefined) return found
        }
      const { structure } = args
      for (const entry of related) {
        const pattern =
          entry.pattern === undefined ? commonPattern(entry.shapes, shapes) : undefined
        const known = related.some(
          (other) => other.pattern && pattern && fits(other.pattern, shapes),
        )
        if (pattern === undefined || known) continue
        const compiled = general(args, pattern)
        entries.push({ structure, shapes, pattern, compiled })
        const found = await compiled
        if (found !== undefined) return found
      }
      const compiled = fixed(args)
      entries.push({ structure, shapes, compiled })
      if (entries.filter(({ pattern }) => pattern === undefined).length === manyGraphs)
        console.warn(
          `${program.name}: compiled for ${manyGraphs} sets of shapes, which takes longer than it saves; pad to a few shapes, or use an eager engine`,
        )
      return await compiled
    },
  }
}

function shapesOf(arrays: readonly NDArray[]): readonly (readonly number[])[] {
  return arrays.map(({ shape }) => shape)
}

function sameShapes(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): boolean {
  return a.every((shape, i) => shape.every((extent, axis) => extent === b[i]![axis]))
}
