import type { Program } from '@deepstruct/tensor'
import type { Arguments } from './arguments.ts'
import { type Compiled, compile } from './compile.ts'
import { commonPattern, fits, type Pattern } from './polymorphic/pattern.ts'
import { traceOpen } from './polymorphic/trace-open.ts'
import type { Runtime, SessionOptions } from './runtime/runtime.ts'
import { withoutProducts } from './sparse/sparse-products.ts'
import { sameShape } from './simplify/application.ts'
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
    const { traced } = withoutProducts(trace(program, args.arrays, args.rebuild), args.products)
    return noted(compile(traced, performance.now() - begin, runtime, options))
  }

  const general = (
    args: Arguments,
    pattern: Pattern,
  ): ((args: Arguments) => Compiled) | undefined => {
    const begin = performance.now()
    const whole = traceOpen(program, args, pattern)
    if (whole === undefined) return undefined
    const { traced } = withoutProducts(whole, args.products)
    return noted(compile(traced, performance.now() - begin, runtime, options, pattern.shapes))
  }

  return {
    find(args) {
      const { structure, arrays } = args
      const known = entries.find((entry) => entry.form !== undefined && takes(entry, args))
      if (known?.form !== undefined) return known.form(args)
      const shapes = arrays.map(({ shape }) => shape)
      const related = entries.filter((entry) => entry.structure === structure)
      if (!related.some((entry) => takes(entry, args)))
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

/** Whether an entry is for these arguments. */
function takes({ structure, shapes, pattern }: Entry, call: Arguments): boolean {
  if (structure !== call.structure) return false
  if (pattern !== undefined) return fits(pattern, call.arrays)
  return shapes.every((shape, i) => sameShape(shape, call.arrays[i]!.shape))
}
