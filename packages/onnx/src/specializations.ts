import type { NDArray, Program } from '@deepstruct/tensor'
import type { Arguments } from './arguments.ts'
import { type Compiled, compile } from './compile.ts'
import { commonPattern, fits, type Pattern } from './polymorphic/pattern.ts'
import { traceOpen } from './polymorphic/trace-open.ts'
import type { Runtime, SessionOptions } from './runtime/runtime.ts'
import { steady } from './steady.ts'
import { trace } from './trace/trace.ts'

/** The graphs of one function: one for each set of shapes, or one for shapes that differ in one extent. */
export interface Specializations {
  /** The graph for these arguments, compiled at the first call. */
  find(args: Arguments): Compiled
}

/** Where a graph fits: at these shapes, or at all of a pattern. Nothing where the pattern is known not to work. */
interface Entry {
  readonly structure: string
  readonly shapes: readonly (readonly number[])[]
  readonly pattern?: Pattern
  readonly form: ((args: Arguments) => Compiled) | undefined
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
  const noted = (compiled: Compiled): ((args: Arguments) => Compiled) => {
    onCompiled(compiled.report)
    return steady(compiled)
  }

  const fixed = (args: Arguments): ((args: Arguments) => Compiled) => {
    const begin = performance.now()
    const traced = trace(program, args.arrays, args.rebuild)
    return noted(compile(traced, performance.now() - begin, runtime, options))
  }

  const general = (
    args: Arguments,
    pattern: Pattern,
  ): ((args: Arguments) => Compiled) | undefined => {
    const begin = performance.now()
    const traced = traceOpen(program, args, pattern)
    return (
      traced && noted(compile(traced, performance.now() - begin, runtime, options, pattern.shapes))
    )
  }

  return {
    find(args) {
      const { structure } = args
      const shapes = shapesOf(args.arrays)
      const related = entries.filter((entry) => entry.structure === structure)
      const exact = related.find(
        (entry) => entry.pattern === undefined && sameShapes(entry.shapes, shapes),
      )
      if (exact?.form !== undefined) return exact.form(args)
      const open = related.filter(({ pattern }) => pattern !== undefined && fits(pattern, shapes))
      const fitting = open.find(({ form }) => form !== undefined)
      if (fitting?.form !== undefined) return fitting.form(args)
      if (open.length === 0)
        for (const entry of related) {
          const pattern =
            entry.pattern === undefined ? commonPattern(entry.shapes, shapes) : undefined
          if (pattern === undefined) continue
          const form = general(args, pattern)
          entries.push({ structure, shapes, pattern, form })
          if (form !== undefined) return form(args)
          break
        }
      const form = fixed(args)
      entries.push({ structure, shapes, form })
      if (entries.filter(({ pattern }) => pattern === undefined).length === manyGraphs)
        console.warn(
          `${program.name}: compiled for ${manyGraphs} sets of shapes, which takes longer than it saves; pad to a few shapes, or use an eager engine`,
        )
      return form(args)
    },
  }
}

function shapesOf(arrays: readonly NDArray[]): readonly (readonly number[])[] {
  return arrays.map(({ shape }) => shape)
}

function sameShapes(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): boolean {
  return a.every((shape, i) => shape.every((extent, axis) => extent === b[i]![axis]))
}
