import { EngineError, type NDArray } from '@deepstruct/tensor'
import type * as threads from 'node:worker_threads'
import { copy } from '../held.ts'
import {
  type Answer,
  controlWords,
  type Feed,
  type ForgetTask,
  type PlanTask,
  type RunTask,
  type StepTask,
  type Task,
  type WorkerStart,
} from './messages.ts'
import type { SharedMemory } from './shared-memory.ts'

/** Worker threads, each with a session of one thread for each graph. */
export interface Pool {
  /** How many. */
  readonly workers: number
  /** Whether a worker has died, so that there must be a new pool. */
  readonly dead: boolean
  /** The number under which a worker knows a graph, which it is sent at first. */
  graph(worker: number, model: GraphModel): number
  /** An array as an argument for a worker that keeps it until it is forgotten. */
  heldFeed(worker: number, name: string, array: NDArray): Feed
  /** Lets the workers drop arrays. */
  forget(arrays: readonly NDArray[]): void
  /** Runs a graph on one worker. */
  run(
    worker: number,
    task: Omit<RunTask, 'kind' | 'job'>,
    moved: readonly ArrayBuffer[],
  ): Promise<Readonly<Record<string, NDArray>>>
  /** Gets a step ready on all workers. */
  plan(plan: Omit<PlanTask, 'kind' | 'plan' | 'graph'>, model: GraphModel): KnownPlan
  /**
   * Takes a step on all workers at once.
   *
   * @param tasks - what each worker does; made when its turn has come
   * @param finish - reads the results, before another step may change them
   * @returns the number of a flag that was not true, where there was one
   */
  step<R>(
    tasks: () => readonly (Omit<StepTask, 'kind' | 'job'> & {
      readonly moved: readonly ArrayBuffer[]
    })[],
    finish: () => R,
  ): Promise<{ readonly flag: number | undefined; readonly result: R }>
  /** Ends the threads. */
  close(): Promise<void>
}

/** A step that the workers know, as long as somebody has this. */
export interface KnownPlan {
  /** Its number. */
  readonly plan: number
}

/** A graph as its model file. */
export interface GraphModel {
  /** The bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>
}

interface Pending {
  resolve(answer: Answer): void
  reject(error: Error): void
}

/** Starts worker threads. */
export function startPool(
  { Worker }: Pick<typeof threads, 'Worker'>,
  count: number,
  shared: SharedMemory,
  sessionOptions: object,
): Pool {
  const control = new Int32Array(
    new SharedArrayBuffer(4 * (controlWords.wake + count * controlWords.stride)),
  )
  const pending = new Map<number, Pending>()
  let jobs = 0
  let graphs = 0
  let plans = 0
  let arrays = 0
  let dead = false
  let stepping: Promise<unknown> = Promise.resolve()

  const workers = Array.from({ length: count }, (__, index) => {
    const start: WorkerStart = { index, count, control, memory: shared.memory, sessionOptions }
    // The same path from the sources and from what is built of them.
    const worker = new Worker(new URL('../../src/pool/worker.mjs', import.meta.url), {
      workerData: start,
      name: `deepstruct ${index + 1}`,
    })
    worker.on('message', (answer: Answer) => pending.get(answer.job)?.resolve(answer))
    worker.on('error', (cause) => fail(cause))
    worker.on('exit', () => fail(undefined))
    // Idle threads do not keep a program from ending.
    worker.unref()
    return worker
  })

  const fail = (cause: unknown): void => {
    if (dead) return
    dead = true
    for (const { reject } of pending.values()) reject(ended(cause))
    void close()
  }

  const close = async (): Promise<void> => {
    dead = true
    await Promise.all(workers.map((worker) => worker.terminate()))
  }

  const tell = (worker: number, task: Task, moved: readonly ArrayBuffer[] = []): void => {
    workers[worker]!.postMessage(task, [...moved])
    const word = controlWords.wake + worker * controlWords.stride
    Atomics.add(control, word, 1)
    Atomics.notify(control, word)
  }

  /** Waits for the answers to a call; meanwhile the program goes on running. */
  const answered = async (
    ask: (job: number) => void,
    complete: (answers: readonly Answer[]) => boolean,
  ): Promise<readonly Answer[]> => {
    if (dead) throw ended(undefined)
    const job = jobs++
    const answers: Answer[] = []
    if (pending.size === 0) for (const worker of workers) worker.ref()
    try {
      await new Promise<void>((resolve, reject) => {
        pending.set(job, {
          reject,
          resolve(answer) {
            answers.push(answer)
            if (complete(answers)) resolve()
          },
        })
        ask(job)
      })
    } finally {
      pending.delete(job)
      if (pending.size === 0 && !dead) for (const worker of workers) worker.unref()
    }
    return answers
  }

  const drop = (worker: number, what: Partial<ForgetTask>): void => {
    if (!dead) tell(worker, { kind: 'forget', held: [], graphs: [], plans: [], ...what })
  }
  const knownGraphs = workers.map(() => new WeakMap<GraphModel, number>())
  const unusedGraphs = new FinalizationRegistry<readonly [worker: number, graph: number]>(
    ([worker, graph]) => drop(worker, { graphs: [graph] }),
  )
  const unusedPlans = new FinalizationRegistry<number>((plan) => {
    for (const worker of workers.keys()) drop(worker, { plans: [plan] })
  })
  const knownArrays = new WeakMap<NDArray, { readonly number: number; readonly at: Set<number> }>()
  const unusedArrays = new FinalizationRegistry<number>((held) => {
    for (const worker of workers.keys()) drop(worker, { held: [held] })
  })

  const graphOf = (worker: number, model: GraphModel): number => {
    let graph = knownGraphs[worker]!.get(model)
    if (graph === undefined) {
      knownGraphs[worker]!.set(model, (graph = graphs++))
      unusedGraphs.register(model, [worker, graph])
      tell(worker, { kind: 'graph', graph, model: model.bytes })
    }
    return graph
  }

  return {
    workers: count,
    get dead() {
      return dead
    },
    graph: graphOf,

    heldFeed(worker, name, array) {
      let known = knownArrays.get(array)
      if (known === undefined) {
        knownArrays.set(array, (known = { number: arrays++, at: new Set() }))
        unusedArrays.register(array, known.number)
      }
      const { number: held, at } = known
      if (at.has(worker)) return { name, held }
      at.add(worker)
      // ONNX Runtime takes no shared memory.
      return {
        name,
        held,
        array: shared.addressOf(array) === undefined ? array : copy(array),
      }
    },

    forget(list) {
      const known = list.flatMap((array) => knownArrays.get(array) ?? [])
      for (const worker of workers.keys()) {
        const held = known.filter(({ at }) => at.delete(worker)).map(({ number }) => number)
        if (held.length > 0) drop(worker, { held })
      }
    },

    async run(worker, task, moved) {
      const [answer] = await answered(
        (job) => {
          tell(worker, { kind: 'run', job, ...task }, moved)
        },
        () => true,
      )
      if (answer?.outputs === undefined) throw refusedByRuntime(answer?.error)
      return answer.outputs
    },

    plan(plan, model) {
      const known = { plan: plans++ }
      unusedPlans.register(known, known.plan)
      for (const worker of workers.keys())
        tell(worker, { kind: 'plan', ...known, graph: graphOf(worker, model), ...plan })
      return known
    },

    async step(tasks, finish) {
      // The words that workers wait at serve one step at a time.
      const before = stepping
      let next = (): void => undefined
      stepping = new Promise<void>((resolve) => {
        next = resolve
      })
      await before
      try {
        const answers = await answered(
          (job) => {
            Atomics.store(control, controlWords.failed, 0)
            Atomics.store(control, controlWords.busy, count)
            for (const [worker, { moved, ...task }] of tasks().entries())
              tell(worker, { kind: 'step', job, ...task }, moved)
          },
          // Each worker has a channel of its own: what went wrong may arrive after the last one's word that all is over.
          (all) =>
            all.some((answer) => !wentWrong(answer)) &&
            (Atomics.load(control, controlWords.failed) === 0 || all.some(wentWrong)),
        )
        const problem = answers.find(wentWrong)
        if (problem?.error !== undefined) throw refusedByRuntime(problem.error)
        return { flag: problem?.flag, result: finish() }
      } finally {
        next()
      }
    },

    close,
  }
}

function wentWrong({ error, flag }: Answer): boolean {
  return error !== undefined || flag !== undefined
}

function ended(cause: unknown): EngineError {
  return new EngineError({
    function: 'onnxEngine',
    argument: 'a worker',
    got: 'ended while it was needed',
    expected: 'to run until the engine is closed',
    ...(cause instanceof Error && { why: cause.message, cause }),
  })
}

function refusedByRuntime(error: string | undefined): EngineError {
  return new EngineError({
    function: 'onnxEngine',
    argument: 'the arguments',
    got: 'refused by ONNX Runtime',
    expected: 'a run that ends, in the memory there is',
    ...(error !== undefined && { why: error.split('\n')[0] ?? '' }),
  })
}
