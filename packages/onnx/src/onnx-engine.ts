import {
  Device,
  DomainError,
  type Engine,
  flatten,
  type Host,
  isNDArray,
  type Program,
} from '@deepstruct/tensor'
import { isInputLeaf, loadGradients, refuseInput } from '@deepstruct/tensor/engine'
import { argumentsOf } from './arguments.ts'
import { handOut } from './hand-out.ts'
import { copy, type Held, hold } from './held.ts'
import type { GraphReport, Report } from './report.ts'
import { loadRuntime, type RuntimeName } from './runtime/runtime.ts'
import { type Specializations, specializations } from './specializations.ts'
import { traceBackend } from './trace/trace-backend.ts'

/** How a compiled engine is made. */
export interface OnnxOptions {
  /** The threads that an operator may use; default 1. */
  readonly threads?: number
  /** `'node'` for the native onnxruntime-node, `'web'` for onnxruntime-web; default the native one in Node where it is installed. */
  readonly runtime?: RuntimeName
}

/** An engine that compiles, and says what. */
export interface OnnxEngine extends Engine {
  /** How many threads compute. */
  readonly threads: number
  /** What was compiled so far, and how long that took. */
  report(): Report
}

/**
 * An engine that compiles each function: what it does is written down once as one ONNX graph for arguments of the same shapes, and
 * ONNX Runtime runs that.
 *
 * @throws {@link @deepstruct/tensor!EngineError} when ONNX Runtime is not installed
 * @throws {@link @deepstruct/tensor!DomainError} when the number of threads is no positive whole number
 */
export async function onnxEngine(options: OnnxOptions = {}): Promise<OnnxEngine> {
  const { threads = 1 } = options
  if (!Number.isInteger(threads) || threads < 1)
    throw new DomainError({
      function: 'onnxEngine',
      argument: 'threads',
      got: String(threads),
      expected: 'a positive whole number',
    })
  const runtime = await loadRuntime(options.runtime)
  await loadGradients()
  traceBackend()
  const functions = new WeakMap<Program, Specializations>()
  const live = new Set<Held>()
  const reports: GraphReport[] = []

  const held = (device: Device<unknown>, caller: string): Held =>
    device.payload(engine, caller) as Held

  const handle = (payload: Held): Device<never> => {
    live.add(payload)
    return new Device<never>(engine, payload)
  }

  const donate = (argument: unknown): void => {
    for (const leaf of flatten(argument, isInputLeaf, refuseInput('jit')).leaves)
      if (leaf instanceof Device) {
        live.delete(held(leaf, 'jit'))
        leaf.end('donated')
      }
  }

  const engine: OnnxEngine = {
    name: `onnx:${runtime.name}`,
    threads,

    async run(program, args) {
      const call = argumentsOf(program, args, (device) => held(device, program.name))
      let graphs = functions.get(program)
      if (graphs === undefined)
        functions.set(
          program,
          (graphs = specializations(program, runtime, { threads }, (report) =>
            reports.push({ name: program.name, ...report }),
          )),
        )
      const compiled = await graphs.find(call)
      const results = await compiled.run(call.arrays)
      // Only now is it certain that nothing has to be taken back.
      for (const position of program.donate) donate(args[position])
      return handOut(program, compiled.rebuild(results), new Set(call.arrays), handle)
    },

    put<T>(tree: Host<T>) {
      const { arrays, ...rest } = hold(flatten(tree, isNDArray, refuseInput('put')))
      return Promise.resolve(handle({ ...rest, arrays: arrays.map(copy) }) as Device<T>)
    },

    read<T>(device: Device<T>) {
      const { arrays, rebuild } = held(device, 'read')
      return Promise.resolve(rebuild(arrays.map(copy)) as Host<T>)
    },

    dispose(device) {
      live.delete(held(device, 'dispose'))
      device.end('disposed')
    },

    report: () => ({ graphs: [...reports] }),

    memory() {
      const arrays = new Set([...live].flatMap((each) => each.arrays))
      return {
        arrays: arrays.size,
        bytes: [...arrays].reduce((total, { data }) => total + data.byteLength, 0),
      }
    },
  }
  return engine
}
