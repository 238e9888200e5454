import {
  Device,
  DomainError,
  type Engine,
  flatten,
  type Host,
  isNDArray,
  type NDArray,
  type Program,
} from '@deepstruct/tensor'
import { isInputLeaf, loadGradients, refuseInput } from '@deepstruct/tensor/engine'
import type * as os from 'node:os'
import type * as onnxruntime from 'onnxruntime-node'
import type * as workerThreads from 'node:worker_threads'
import { type Arguments, argumentsOf } from './arguments.ts'
import type { Computed } from './compile.ts'
import { channelBlockOf } from './blocked/channel-block.ts'
import { handOut } from './hand-out.ts'
import { copy, type Held, hold } from './held.ts'
import type { Model } from './model.ts'
import { namingMemory } from './out-of-memory.ts'
import { type Pool, createPool } from './pool/pool.ts'
import { mostBytes, type SharedMemory, sharedMemory } from './pool/shared-memory.ts'
import type { GraphReport, Report } from './report.ts'
import {
  importNode,
  inNode,
  loadRuntime,
  type RuntimeModule,
  type RuntimeName,
  sessionSettings,
} from './runtime/runtime.ts'
import { type Specializations, specializations } from './specializations.ts'
import { sparseCalls } from './sparse/sparse-calls.ts'
import { feedsFor } from './split/feeds.ts'
import { large } from './split/split-rows.ts'
import {
  type Ran,
  type SplitFunction,
  type SplitFunctions,
  splitFunctions,
} from './split/split-function.ts'
import { traceBackend } from './trace/trace-backend.ts'

/** How a compiled engine is made. */
export interface OnnxOptions {
  /**
   * How many threads compute, 1 to 256; default the number of cores, at most 8. In Node each is a worker with a share of the rows; for results
   * that are equal bit by bit on different machines, set it. With onnxruntime-web they are the threads inside of an operator.
   */
  readonly threads?: number
  /**
   * The most bytes of parameters, gradients and optimizer state that threads share; default 4 GiB, which is as much as there can be. A function that
   * asks for more is refused with an error.
   */
  readonly sharedBytes?: number
  /**
   * `'node'` for the native onnxruntime-node, `'web'` for onnxruntime-web; default the native one in Node where it is installed. A page gives the
   * module itself, `await import('onnxruntime-web')`, which bundlers understand.
   */
  readonly runtime?: RuntimeName | RuntimeModule
}

/** An engine that compiles, and says what. */
export interface OnnxEngine extends Engine {
  /** How many threads compute. */
  readonly threads: number
  /** What was compiled so far, and how long that took. */
  report(): Report
  /** Ends the worker threads; they are started again when they are needed. Idle ones do not keep a program from ending. */
  close(): Promise<void>
}

/**
 * An engine that compiles each function: what it does is written down once as one ONNX graph for arguments of the same shapes, and
 * ONNX Runtime runs that.
 *
 * @throws {@link @deepstruct/tensor!EngineError} when ONNX Runtime is not installed, or there are no addresses for the memory that threads share
 * @throws {@link @deepstruct/tensor!DomainError} when `threads` or `sharedBytes` is no whole number in its range
 */
export async function onnxEngine(options: OnnxOptions = {}): Promise<OnnxEngine> {
  const threads = options.threads ?? Math.min(8, await coresHere())
  if (!Number.isInteger(threads) || threads < 1 || threads > 256)
    throw new DomainError({
      function: 'onnxEngine',
      argument: 'threads',
      got: String(threads),
      expected: 'a whole number from 1 to 256',
    })
  const { sharedBytes = mostBytes } = options
  if (!Number.isInteger(sharedBytes) || sharedBytes < 1 || sharedBytes > mostBytes)
    throw new DomainError({
      function: 'onnxEngine',
      argument: 'sharedBytes',
      got: String(sharedBytes),
      expected: `a whole number from 1 to ${mostBytes}`,
    })
  const runtime = await loadRuntime(options.runtime)
  await loadGradients()
  traceBackend()
  const shared = await namingMemory('onnxEngine', async () => sharedMemory(sharedBytes))
  const pooled = runtime.name === 'node'
  const session = { threads: pooled ? 1 : threads, channelBlock: await channelBlockOf(runtime) }
  const functions = new WeakMap<Program, Forms>()
  const live = new Set<Held>()
  const reports: { readonly name: string; readonly report: Omit<GraphReport, 'name'> }[] = []
  const local = localCopies(shared)
  const products = pooled ? sparseCalls(shared) : undefined

  let started: Pool | undefined
  let starting: Promise<Pool> | undefined
  const startPool = async (before?: Pool): Promise<Pool> => {
    // What still runs of workers that are to end could write into shared memory.
    await before?.close()
    const [module, ort] = await Promise.all([
      importNode<typeof workerThreads>('node:worker_threads'),
      importNode<typeof onnxruntime>('onnxruntime-node'),
    ])
    started = createPool(module, ort, threads, shared, sessionSettings(runtime.name, 1))
    return started
  }
  const pool = (): Promise<Pool> => {
    if (started?.dead === true) {
      starting = startPool(started)
      started = undefined
    }
    starting ??= startPool()
    return starting
  }

  const formsOf = (program: Program): Forms => {
    let forms = functions.get(program)
    if (forms === undefined) {
      const onCompiled = (report: Omit<GraphReport, 'name'>): void => {
        reports.push({ name: program.name, report })
      }
      const site = { runtime, session, shared, local, workers: threads, pool, onCompiled }
      forms = {
        whole: specializations(program, runtime, session, onCompiled),
        ...(pooled && program.split.length > 0 && { split: splitFunctions(program, site) }),
      }
      functions.set(program, forms)
    }
    return forms
  }

  /** Runs a function in this thread, or in a worker if it takes long. */
  const runWhole = async (forms: Forms, call: Arguments): Promise<Finished> => {
    const compiled = forms.whole.find(call)
    const { model, cost } = compiled
    const computed =
      pooled && model !== undefined && cost >= large
        ? await runInWorker(await pool(), model, call)
        : await compiled.compute(call.arrays.map(local))
    return {
      rebuild: compiled.rebuild,
      results: compiled.results(call.arrays, computed),
      made: [],
    }
  }

  const held = (device: Device<unknown>, caller: string): Held =>
    device.payload(engine, caller) as Held

  const handle = (payload: Held): Device<never> => {
    live.add(payload)
    shared.retain(payload.arrays)
    return new Device<never>(engine, payload)
  }

  const end = (device: Device<unknown>, how: 'donated' | 'disposed'): void => {
    const payload = held(device, how === 'donated' ? 'jit' : 'dispose')
    live.delete(payload)
    device.end(how)
    shared.release(payload.arrays)
    started?.forget(payload.arrays.filter((array) => !isLive(array)))
  }

  const isLive = (array: NDArray): boolean => {
    for (const { arrays } of live) if (arrays.includes(array)) return true
    return false
  }

  const donate = (argument: unknown): void => {
    for (const leaf of flatten(argument, isInputLeaf, refuseInput('jit')).leaves)
      if (leaf instanceof Device) end(leaf, 'donated')
  }

  const run = async (
    program: Program,
    args: readonly unknown[],
    call: Arguments,
  ): Promise<unknown> => {
    const forms = formsOf(program)
    const found = forms.split?.find(call)
    const { made, ...result } =
      found === undefined
        ? await runWhole(forms, call)
        : { rebuild: found.split.rebuild, ...(await found.split.run(call, found.rows)) }
    const out = handOut(program, result, [...call.arrays, ...made], handle)
    // Only now is it certain that nothing has to be taken back.
    for (const position of program.donate) donate(args[position])
    shared.sweep(made)
    return out
  }

  const engine: OnnxEngine = {
    name: `onnx:${runtime.name}:${threads}`,
    threads,

    async run(program, args) {
      const given = argumentsOf(program, args, (device) => held(device, program.name))
      const batch = given.arrays.filter((_, i) => given.held[i] === false)
      const whole = async (): Promise<unknown> =>
        run(program, args, products?.withProducts(program, given) ?? given)
      return namingMemory(program.name, whole, batch)
    },

    async put<T>(tree: Host<T>) {
      const { arrays, ...rest } = hold(flatten(tree, isNDArray, refuseInput('put')))
      const copies = await namingMemory('put', async () => arrays.map(copy))
      return handle({ ...rest, arrays: copies })
    },

    async read<T>(device: Device<T>) {
      const { arrays, rebuild } = held(device, 'read')
      return namingMemory('read', async () => rebuild(arrays.map(copy)) as Host<T>)
    },

    dispose(device) {
      end(device, 'disposed')
    },

    report: () => ({
      graphs: reports.map(({ name, report }) => ({ name, ...report })),
      sharedBytes: shared.memory.buffer.byteLength,
    }),

    async close() {
      await (await starting)?.close()
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

/** The compiled forms of a function. */
interface Forms {
  /** Graphs that do everything. */
  readonly whole: Specializations
  /** Graphs for shares of the rows. */
  readonly split?: SplitFunctions
}

interface Finished extends Ran {
  readonly rebuild: SplitFunction['rebuild']
}

async function runInWorker(pool: Pool, model: Model, call: Arguments): Promise<Computed> {
  const { feeds, moved } = feedsFor({ pool, worker: 0 }, model.inputs, call)
  return pool.run(0, { graph: pool.graph(0, model), feeds }, moved)
}

/** Gives arrays of shared memory in memory of this thread, which is all that ONNX Runtime takes. */
function localCopies(shared: SharedMemory): (array: NDArray) => NDArray {
  const copies = new WeakMap<NDArray, NDArray>()
  return (array) => {
    if (shared.addressOf(array) === undefined) return array
    let own = copies.get(array)
    if (own === undefined) copies.set(array, (own = copy(array)))
    return own
  }
}

async function coresHere(): Promise<number> {
  const { navigator, crossOriginIsolated } = globalThis as {
    readonly navigator?: { readonly hardwareConcurrency?: number }
    readonly crossOriginIsolated?: boolean
  }
  // Without isolation a page has no memory that threads could share.
  if (!inNode()) return crossOriginIsolated === true ? (navigator?.hardwareConcurrency ?? 1) : 1
  const { availableParallelism } = await importNode<typeof os>('node:os')
  return availableParallelism()
}
