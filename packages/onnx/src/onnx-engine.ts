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
import { type Compiled, compile } from './compile.ts'
import { handOut } from './hand-out.ts'
import { copy, type Held, hold } from './held.ts'
import { loadRuntime, type RuntimeName } from './runtime/runtime.ts'
import { traceBackend } from './trace/trace-backend.ts'

/** How a compiled engine is made. */
export interface OnnxOptions {
  /** The threads that an operator may use; default 1. */
  readonly threads?: number
  /** `'node'` for the native onnxruntime-node, `'web'` for onnxruntime-web; default the native one in Node where it is installed. */
  readonly runtime?: RuntimeName
}

/**
 * An engine that compiles each function: what it does is written down once as one ONNX graph for arguments of the same shapes, and
 * ONNX Runtime runs that.
 *
 * @throws {@link EngineError} when ONNX Runtime is not installed
 * @throws {@link DomainError} when the number of threads is no positive whole number
 */
export async function onnxEngine(options: OnnxOptions = {}): Promise<Engine> {
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
  const functions = new WeakMap<Program, Map<string, Promise<Compiled>>>()
  const live = new Set<Held>()

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

  const engine: Engine = {
    name: `onnx:${runtime.name}`,

    async run(program, args) {
      const { arrays, key, rebuild } = argumentsOf(program, args, (device) =>
        held(device, program.name),
      )
      let signatures = functions.get(program)
      if (signatures === undefined) functions.set(program, (signatures = new Map()))
      let compiling = signatures.get(key)
      if (compiling === undefined) {
        const types = arrays.map(({ shape, dtype }) => ({ shape, dtype }))
        compiling = compile(program, types, rebuild, runtime, { threads })
        signatures.set(key, compiling)
      }
      const compiled = await compiling
      const results = await compiled.run(arrays)
      // Only now is it certain that nothing has to be taken back.
      for (const position of program.donate) donate(args[position])
      return handOut(program, compiled.traced.rebuild(results), new Set(arrays), handle)
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
