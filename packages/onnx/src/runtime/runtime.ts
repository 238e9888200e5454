import { EngineError, type NDArray } from '@deepstruct/tensor'
import type { ExternalData } from '../graph/encode.ts'
import type { ElementType } from '../graph/value.ts'
import { outOfMemory } from '../out-of-memory.ts'

/** ONNX Runtime in one of its forms. */
export interface Runtime {
  /** Which form. */
  readonly name: RuntimeName
  /** Prepares a model to be run. */
  start(model: Uint8Array<ArrayBuffer>, options: SessionStart): Promise<Session>
}

/** `'node'` is the native library of onnxruntime-node, `'web'` the WebAssembly of onnxruntime-web. */
export type RuntimeName = 'node' | 'web'

/**
 * ONNX Runtime as a program imports it itself: `await import('onnxruntime-web')`, or `'onnxruntime-web/wasm'`, which is smaller. Where its
 * `.wasm` file lies, and whether it works in a thread of its own, is set on the module: `env.wasm.wasmPaths`, `env.wasm.proxy`.
 */
export interface RuntimeModule {
  /** Its settings. */
  readonly env: object
  /** What prepares models. */
  readonly InferenceSession: object
  /** Its arrays. */
  readonly Tensor: object
}

/** How a model is run. */
export interface SessionOptions {
  /** The threads inside of an operator. */
  readonly threads: number
  /** How many channels of an image its convolutions take together; 1 where they take each alone. */
  readonly channelBlock: number
  /** How many bytes of constants may be in a model; the others lie beside it, since no model has more than 2 GB. Default 256 MiB. */
  readonly inlineBytes?: number
}

/** How a session is started. */
interface SessionStart extends Pick<SessionOptions, 'threads'> {
  /** Constants beside the model. */
  readonly externalData?: readonly ExternalData[]
  /** Whether runs are short, and need little memory; default `false`. */
  readonly small?: boolean
}

/** A model ready to run. */
export interface Session {
  /** Runs the model once: arrays by name in, arrays by name out. */
  run(feeds: Readonly<Record<string, NDArray>>): Promise<Readonly<Record<string, NDArray>>>
}

/** What is used of the JavaScript interface that both packages share. */
interface Ort {
  readonly env: {
    readonly wasm: { numThreads?: number; wasmBinary?: Uint8Array; readonly proxy?: boolean }
    readonly versions: { readonly node?: string }
  }
  readonly InferenceSession: {
    create(model: Uint8Array, options: object): Promise<OrtSession>
  }
  readonly Tensor: new (type: string, data: NDArray['data'], dims: readonly number[]) => OrtTensor
}

interface OrtSession {
  run(feeds: Readonly<Record<string, OrtTensor>>): Promise<Readonly<Record<string, OrtTensor>>>
  release(): Promise<void>
}

interface OrtTensor {
  readonly type: string
  readonly dims: readonly number[]
  readonly data: NDArray['data']
}

const packages: Readonly<Record<RuntimeName, string>> = {
  node: 'onnxruntime-node',
  web: 'onnxruntime-web',
}

/**
 * Loads ONNX Runtime: what is given, else the native one where it is installed, else that for the web.
 *
 * @throws {@link @deepstruct/tensor!EngineError} when it is not installed, or the module is another one
 */
export async function loadRuntime(wanted?: RuntimeName | RuntimeModule): Promise<Runtime> {
  if (typeof wanted === 'object') return runtimeOf(ortOf(wanted))
  const names: readonly RuntimeName[] =
    wanted !== undefined ? [wanted] : inNode() ? ['node', 'web'] : ['web']
  if (wanted !== undefined && !Object.hasOwn(packages, wanted))
    throw new EngineError({
      function: 'onnxEngine',
      argument: 'runtime',
      got: `'${wanted}'`,
      expected: "'node' or 'web'",
    })
  const failures: unknown[] = []
  for (const name of names)
    try {
      return await load(name)
    } catch (error) {
      failures.push(error)
    }
  throw new EngineError({
    function: 'onnxEngine',
    argument: 'runtime',
    got: names.map((name) => packages[name]).join(' or ') + ', which does not load here',
    expected: inNode()
      ? 'ONNX Runtime to be installed'
      : "the module itself: onnxEngine({ runtime: await import('onnxruntime-web') })",
    why: `${inNode() ? `npm install ${packages[names[0]!]}` : 'a page finds no package by its name'}; ${failures.map((failure) => String(failure).split('\n')[0]).join('; ')}`,
    cause: failures[0],
  })
}

/** A module that is given, if it is ONNX Runtime. */
function ortOf(module: RuntimeModule): Ort {
  // One that was made of CommonJS may have everything in its default export.
  const { default: inner } = module as { readonly default?: RuntimeModule }
  const ort = ('InferenceSession' in module ? module : inner) as Partial<Ort> | undefined
  if (ort?.env?.wasm === undefined || !ort.InferenceSession || !ort.Tensor)
    throw new EngineError({
      function: 'onnxEngine',
      argument: 'runtime',
      got: `a module that exports ${Object.keys(module).slice(0, 5).join(', ') || 'nothing'}`,
      expected: "what import('onnxruntime-web') gives",
    })
  return ort as Ort
}

async function load(name: RuntimeName): Promise<Runtime> {
  const ort = ortOf(await importOptional(packages[name]))
  if (name === 'web' && inNode()) await provideWasm(ort)
  return runtimeOf(ort)
}

function runtimeOf(ort: Ort): Runtime {
  const name = ort.env.versions.node === undefined ? 'web' : 'node'
  // A thread of its own takes away what it is given, which is not ours to give.
  const given = <T extends { slice(): T }>(data: T): T =>
    ort.env.wasm.proxy === true ? data.slice() : data
  // A function that is gone takes its graphs along; memory inside of WebAssembly is freed by hand only.
  const unused = new FinalizationRegistry<OrtSession>((session) => {
    void session.release()
  })
  return {
    name,
    async start(model, { threads, externalData = [], small = false }) {
      if (name === 'web') ort.env.wasm.numThreads ??= threads
      const preparing = ort.InferenceSession.create(given(model), {
        ...sessionSettings(name, threads),
        // The runtime's own pool of memory takes longer than the allocator's, which keeps small pieces too: 0.090 in place of 0.095 ms.
        ...(small && { enableCpuMemArena: false }),
        ...(externalData.length > 0 && { externalData }),
      })
      const session = await preparing.catch((cause: unknown) => {
        throw refusal('the graph', 'a graph that it prepares', { why: String(cause), cause })
      })
      const prepared: Session = {
        async run(feeds) {
          const tensors: Record<string, OrtTensor> = {}
          for (const feed in feeds) {
            const { dtype, data, shape } = feeds[feed]!
            tensors[feed] = new ort.Tensor(dtype, given(data), shape)
          }
          const results = await session.run(tensors).catch((cause: unknown) => {
            throw refusedRun({ why: String(cause), cause })
          })
          const arrays: Record<string, NDArray> = {}
          for (const result in results) {
            const { type, data, dims } = results[result]!
            arrays[result] = { shape: dims, dtype: type as Exclude<ElementType, 'int64'>, data }
          }
          return arrays
        },
      }
      unused.register(prepared, session)
      return prepared
    },
  }
}

/** How ONNX Runtime prepares a model. */
export function sessionSettings(name: RuntimeName, threads: number): object {
  return {
    executionProviders: [name === 'node' ? 'cpu' : 'wasm'],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    // What the runtime has to say about a model goes into its exceptions.
    logSeverityLevel: 4,
    // Waiting threads of one session would slow another one down.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  }
}

/** What is said of a run that ONNX Runtime does not bring to its end. */
export function refusedRun(details: Refusal): Error {
  return refusal('the arguments', 'a run that ends', details)
}

interface Refusal {
  /** What the runtime says; its first line is passed on. */
  readonly why?: string | undefined
  readonly cause?: unknown
}

function refusal(argument: string, expected: string, { why, ...cause }: Refusal): Error {
  const lack = outOfMemory(why)
  if (lack !== undefined) return lack
  return new EngineError({
    function: 'onnxEngine',
    argument,
    got: 'refused by ONNX Runtime',
    expected,
    ...(why !== undefined && { why: why.split('\n')[0] ?? '' }),
    ...cause,
  })
}

/** Optional peers are named at run time, so that neither bundlers nor types demand them. */
async function importOptional(name: string): Promise<RuntimeModule> {
  return (await import(/* @vite-ignore */ name)) as RuntimeModule
}

/** In Node the WebAssembly is a file beside the package's code, which its loader would try to fetch. */
async function provideWasm(ort: Ort): Promise<void> {
  const { createRequire } = await importNode<typeof import('node:module')>('node:module')
  const { readFile } = await importNode<typeof import('node:fs/promises')>('node:fs/promises')
  const file = createRequire(import.meta.url).resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm')
  ort.env.wasm.wasmBinary = await readFile(file)
}

/** A module of Node, named at run time so that bundlers for browsers pass it over. */
export async function importNode<Module>(name: string): Promise<Module> {
  return (await import(/* @vite-ignore */ name)) as Module
}

/** Whether this is Node, or something that is like it. */
export function inNode(): boolean {
  const { process } = globalThis as { process?: { versions?: { node?: string } } }
  return process?.versions?.node !== undefined
}
