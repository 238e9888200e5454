import type { NDArray } from '@deepstruct/tensor'
import type { ExternalData } from '../graph/encode.ts'
import type { KernelMemory } from '../fused/instantiate.ts'

/** What a worker is started with. */
export interface WorkerStart {
  /** Its number. */
  readonly index: number
  /** How many workers there are. */
  readonly count: number
  /** Words that all workers and the main thread see; see {@link controlWords}. */
  readonly control: Int32Array
  /** The memory that all workers see. */
  readonly memory: KernelMemory
  /** Where the words are. */
  readonly words: typeof controlWords
  /** How a session of ONNX Runtime is made. */
  readonly settings: object
}

/** What a worker is told. */
export type Task = GraphTask | RunTask | PlanTask | StepTask | ForgetTask

/** Get a graph ready. */
export interface GraphTask {
  readonly kind: 'graph'
  /** Its number. */
  readonly graph: number
  /** The bytes of its model. */
  readonly model: Uint8Array
  /** Constants beside it. */
  readonly externalData: readonly ExternalData[]
}

/** An argument of a graph. */
export interface Feed {
  /** The name of the argument. */
  readonly name: string
  /** Under this number the worker has the array, or keeps it from now on. */
  readonly held?: number
  /** The array, unless the worker has it. */
  readonly array?: NDArray
}

/** Run a graph and hand out what it computes. */
export interface RunTask {
  readonly kind: 'run'
  /** The number of the call. */
  readonly job: number
  /** The graph. */
  readonly graph: number
  /** Its arguments. */
  readonly feeds: readonly Feed[]
}

/** Get a step of gradient descent ready. */
export interface PlanTask {
  readonly kind: 'plan'
  /** Its number. */
  readonly plan: number
  /** The graph that computes sums over rows. */
  readonly graph: number
  /** Its results that are sums, in the order in which {@link Layout} places them; those without a shape have rows, of which each worker has its own. */
  readonly sums: readonly { readonly name: string; readonly shape?: readonly number[] }[]
  /** Its results that must be true. */
  readonly flags: readonly string[]
  /** What is done with the sums, kernel by kernel; all workers finish a stage before one begins the next. */
  readonly stages: readonly (readonly KernelCall[])[]
  /** The kernels, as WebAssembly. */
  readonly modules: readonly Uint8Array<ArrayBuffer>[]
}

/** A kernel at work on some elements. */
export interface KernelCall {
  /** Which of the modules. */
  readonly module: number
  /** Where its pointers begin in the table, counted in pointers. */
  readonly table: number
  /** The range of elements of each worker. */
  readonly ranges: readonly (readonly [begin: number, end: number])[]
}

/** Where a worker finds what, in shared memory: byte addresses. */
export interface Layout {
  /** Arguments of the graph that lie in shared memory. */
  readonly shared: readonly {
    readonly name: string
    readonly address: number
    readonly shape: readonly number[]
  }[]
  /** Where this worker puts its sums, and how many elements each has. */
  readonly sums: readonly { readonly address: number; readonly elements: number }[]
  /** Where the scalars of a step go. */
  readonly scalars: readonly number[]
  /** Where the pointers go, and the pointers. */
  readonly table: { readonly address: number; readonly pointers: Int32Array }
}

/** Take a step: sums over the rows of this worker, then its share of the update. */
export interface StepTask {
  readonly kind: 'step'
  /** The number of the call. */
  readonly job: number
  /** What is done. */
  readonly plan: number
  /** Where things are, if they have moved. */
  readonly layout?: Layout
  /** Arguments of the graph; without them the worker has no rows, and its sums are zero. */
  readonly feeds?: readonly Feed[]
  /** Numbers of this step. */
  readonly scalars: readonly number[]
  /** Whether the main thread takes part and sees by itself when all is done. */
  readonly watched: boolean
}

/** Drop what is no longer used. */
export interface ForgetTask {
  readonly kind: 'forget'
  /** Arrays, by number. */
  readonly held: readonly number[]
  /** Graphs, by number. */
  readonly graphs: readonly number[]
  /** Plans, by number. */
  readonly plans: readonly number[]
}

/** What a worker answers. */
export interface Answer {
  /** The number of the call. */
  readonly job: number
  /** What the graph computed, by name. */
  readonly outputs?: Readonly<Record<string, NDArray>>
  /** What the runtime refused. */
  readonly error?: string
  /** Which flag of a step was not true. */
  readonly flag?: number
}

/** The words through which threads wait for each other. */
export const controlWords = {
  /** How many workers have come to the barrier. */
  arrived: 0,
  /** How often the barrier has opened. */
  opened: 16,
  /** Not 0 when a step must not update anything. */
  failed: 32,
  /** How many workers are still at a step. */
  busy: 48,
  /** Not 0 when all workers are to end. */
  over: 64,
  /** From here on one word for each worker, which changes when there is something to do. A line of the cache each. */
  wake: 80,
  /** As many words later: not 0 while the worker does something. */
  working: 1,
  /** The distance between the words of two workers. */
  stride: 16,
} as const
