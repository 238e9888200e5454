import * as tf from '@tensorflow/tfjs-core'
import { notATensor } from '../gradient.ts'
import { isNDArray, type NDArray, type TypedArray } from '../ndarray.ts'
import { abandonTape } from '../ops/tape.ts'
import { isTensor, type Tensor } from '../ops/tensor.ts'
import { flatten } from '../tree.ts'
import { type Backend, loadBackend, type WasmPaths } from './backends.ts'
import { collectChecks } from './check.ts'
import { Device } from './device.ts'
import type { Engine, Host, Program } from './engine.ts'
import { isInputLeaf, refuseInput } from './input-leaf.ts'

/** How an eager engine is made. */
export interface EagerOptions {
  /** The tfjs backend; default `'wasm'`. `'tensorflow'` needs @tensorflow/tfjs-node, `'webgl'` and `'webgpu'` their packages. */
  readonly backend?: Backend
  /** In a browser: where the wasm binaries are served from. */
  readonly wasmPaths?: WasmPaths
}

/** The arrays behind a handle of an eager engine. */
interface Held {
  readonly tensors: readonly Tensor[]
  rebuild(leaves: readonly unknown[]): unknown
}

/**
 * An engine that runs each function as it is written, op by op, on a tfjs backend.
 *
 * @throws {@link EngineError} when the backend is not installed or does not start here
 */
export async function eagerEngine(options: EagerOptions = {}): Promise<Engine> {
  const { backend = 'wasm', wasmPaths } = options
  await loadBackend(backend, wasmPaths)
  // Another engine or the user's own code may have chosen another backend since; once loaded, the change is synchronous.
  const activate = (): void => {
    if (tf.getBackend() !== backend) void tf.setBackend(backend)
  }

  const held = (handle: Device<unknown>, caller: string): Held =>
    handle.payload(engine, caller) as Held

  const upload = (argument: unknown, caller: string): unknown => {
    const { leaves, rebuild } = flatten(argument, isInputLeaf, refuseInput(caller))
    return rebuild(
      leaves.map((leaf) => {
        if (typeof leaf === 'number') return tf.scalar(leaf)
        if (!(leaf instanceof Device)) return tf.tensor(leaf.data, [...leaf.shape], leaf.dtype)
        const { tensors, rebuild: inner } = held(leaf, caller)
        return inner(tensors)
      }),
    )
  }

  const engine: Engine = {
    name: `eager:${backend}`,

    async run(program, args) {
      activate()
      const run = execute(program, () => args.map((argument) => upload(argument, program.name)))
      try {
        for (const { flag, error } of run.checks) if ((await flag.data()).includes(0)) throw error()
      } catch (error) {
        tf.dispose([...run.tensors, ...run.checks.map(({ flag }) => flag)])
        throw error
      }
      tf.dispose(run.checks.map(({ flag }) => flag))
      // Only now is it certain that nothing has to be taken back.
      for (const position of program.donate) donate(args[position])
      return hand(program, run)
    },

    put<T>(tree: Host<T>) {
      activate()
      const { leaves, rebuild } = flatten(tree, isNDArray, refuseInput('put'))
      const tensors = leaves.map((leaf) =>
        tf.keep(tf.tensor(leaf.data, [...leaf.shape], leaf.dtype)),
      )
      return Promise.resolve(new Device<T>(engine, { tensors, rebuild } satisfies Held))
    },

    async read<T>(handle: Device<T>) {
      const { tensors, rebuild } = held(handle, 'read')
      activate()
      return rebuild(await Promise.all(tensors.map(download))) as Host<T>
    },

    dispose(handle) {
      tf.dispose([...held(handle, 'dispose').tensors])
      handle.end('disposed')
    },

    memory() {
      const { numTensors, numBytes } = tf.memory()
      return { arrays: numTensors, bytes: numBytes }
    },
  }

  const donate = (argument: unknown): void => {
    const { leaves } = flatten(argument, isInputLeaf, refuseInput('jit'))
    for (const leaf of leaves)
      if (leaf instanceof Device) {
        tf.dispose([...held(leaf, 'jit').tensors])
        leaf.end('donated')
      }
  }

  /** Keys that stay become handles, everything else is downloaded and freed. */
  const hand = async (program: Program, run: Execution): Promise<unknown> => {
    const { keep } = program
    const kept: Record<string, unknown> = {}
    const result = run.rebuild(run.tensors)
    for (const key of keep) {
      const part = flatten(
        (result as Record<string, unknown>)[key],
        isTensor,
        notATensor(program.name),
      )
      kept[key] = new Device(engine, { tensors: part.leaves, rebuild: part.rebuild } satisfies Held)
    }
    const rest =
      keep.length === 0
        ? result
        : Object.fromEntries(
            Object.entries(result as object).filter(([key]) => !keep.includes(key)),
          )
    const { leaves, rebuild } = flatten(rest, isTensor, notATensor(program.name))
    const values = await Promise.all(leaves.map(download))
    tf.dispose([...leaves])
    const host = rebuild(values)
    return keep.length === 0 ? host : { ...(host as object), ...kept }
  }

  return engine
}

interface Execution {
  readonly tensors: readonly Tensor[]
  readonly checks: readonly { readonly flag: Tensor; readonly error: () => Error }[]
  rebuild(leaves: readonly unknown[]): unknown
}

/** Runs the function in a scope of its own; only the results and the checks' flags leave it. */
function execute(program: Program, upload: () => unknown[]): Execution {
  let execution: Execution | undefined
  try {
    tf.tidy(() => {
      const inputs = upload()
      const { result, checks } = collectChecks(() => {
        const { leaves, rebuild } = flatten(
          program.fn(...(inputs as never[])),
          isTensor,
          notATensor(program.name),
        )
        // Clones (they share the memory), because a result can be an argument, or the same tensor twice.
        return { tensors: leaves.map((leaf) => tf.keep(leaf.clone())), rebuild }
      })
      execution = { ...result, checks }
    })
  } catch (error) {
    abandonTape()
    throw error
  }
  return execution as unknown as Execution
}

async function download(tensor: Tensor): Promise<NDArray> {
  const data: TypedArray = await tensor.data()
  const { shape, dtype } = tensor
  // The cpu backend gives out its own storage, which may be the caller's input.
  return { shape, dtype: dtype as NDArray['dtype'], data: data.slice() }
}
