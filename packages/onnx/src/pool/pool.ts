import { EngineError, type NDArray } from '@deepstruct/tensor'
import type * as threads from 'node:worker_threads'
import type { ModelInParts } from '../graph/encode.ts'
import { refusedRun } from '../runtime/runtime.ts'
import {
  type Answer,
  controlWords,
  type PlanTask,
  type RunTask,
  type StepTask,
  type Task,
  type WorkerStart,
} from './messages.ts'
import { changes, createPerformer, type Participant } from '../../src/pool/performer.mjs'
import { type Knowledge, knowledge } from './knowledge.ts'
import type { SharedMemory } from './shared-memory.ts'

/** Worker threads, each with a session of one thread for each graph. They are started when they are first needed. */
export interface Pool extends Omit<Knowledge, 'registerPlan'> {
  /** How many. */
  readonly workers: number
  /** Whether a worker has died, so that there must be a new pool. */
  readonly dead: boolean
  /** Runs a graph on one worker. */
  run(
    worker: number,
    task: Omit<RunTask, 'kind' | 'job'>,
    moved: readonly ArrayBuffer[],
  ): Promise<Readonly<Record<string, NDArray>>>
  /** Gets a step ready on all workers. */
  plan(plan: Omit<PlanTask, 'kind' | 'plan' | 'graph'>, model: ModelInParts): KnownPlan
  /**
   * Takes a step on all workers at once.
   *
   * @param here - whether this thread takes the place of the first worker, which saves a thread and the way to it
   * @param plan - what is done
   * @param tasks - what each participant does, made when its turn has come; told under which number each is known as a worker
   * @param finish - reads the results, before another step may change them
   * @returns the number of a flag that was not true, where there was one
   */
  step<R>(
    here: boolean,
    plan: KnownPlan,
    tasks: (worker: (participant: number) => number) => readonly (Omit<
      StepTask,
      'kind' | 'job' | 'plan' | 'watched'
    > & {
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
  /** The graph that sums over rows. */
  readonly model: ModelInParts
  /** What is done. */
  readonly parts: Omit<PlanTask, 'kind' | 'plan' | 'graph'>
  /** Who knows it, by number. */
  readonly at: Set<number>
}

interface Pending {
  resolve(answer: Answer): void
  reject(error: Error): void
}

/** A call under way. */
interface Call {
  /** Its number. */
  readonly job: number
  /** What was answered so far. */
  readonly answers: readonly Answer[]
  /** All of it, once it is complete. */
  readonly over: Promise<readonly Answer[]>
  /** Stops listening. */
  end(): void
}

/** A pool of workers. */
export function createPool(
  { Worker }: Pick<typeof threads, 'Worker'>,
  ort: Participant['ort'],
  count: number,
  shared: SharedMemory,
  settings: object,
): Pool {
  const words = controlWords
  const control = new Int32Array(new SharedArrayBuffer(4 * (words.wake + count * words.stride)))
  const common = { count, control, memory: shared.memory, words, settings }
  const pending = new Map<number, Pending>()
  const threadsOf = new Map<number, threads.Worker>()
  const exits = new Set<Promise<void>>()
  let jobs = 0
  let plans = 0
  let dead = false
  const isDead = (): boolean => dead
  /** How many calls wait for a message from a worker. */
  let awaited = 0
  let stepping: Promise<unknown> = Promise.resolve()

  const wakeOf = (worker: number): number => words.wake + worker * words.stride
  const receive = (answer: Answer): void => pending.get(answer.job)?.resolve(answer)

  const threadOf = (index: number): threads.Worker => {
    let worker = threadsOf.get(index)
    if (worker === undefined) {
      const start: WorkerStart = { index, ...common }
      // The same path from the sources and from what is built of them.
      const started = new Worker(new URL('../../src/pool/worker.mjs', import.meta.url), {
        workerData: start,
        name: `deepstruct ${index + 1}`,
      })
      worker = started
      worker.on('message', receive)
      worker.on('error', (cause) => fail(cause))
      exits.add(
        new Promise<void>((resolve) => {
          started.on('exit', () => {
            Atomics.store(control, wakeOf(index) + words.working, 0)
            fail(undefined)
            resolve()
          })
        }),
      )
      if (threadsOf.size === 0) process.on('exit', leave)
      // Idle threads do not keep a program from ending.
      if (awaited === 0) worker.unref()
      threadsOf.set(index, worker)
    }
    return worker
  }

  /** This thread in the place of the first worker. What it is told is done in order. */
  const local = createPerformer({
    index: 0,
    ...common,
    ort,
    answer: receive,
    wait: (word, value) => waitHere(control, word, value, isDead),
  })
  /** The number under which this thread is told, beside those of the workers. */
  const here = count
  const everybody = Array.from({ length: count + 1 }, (_, worker) => worker)
  let localTasks: Promise<void> = Promise.resolve()

  const fail = (cause: unknown): void => {
    if (dead) return
    dead = true
    // Whoever waits for the one that is gone must not update anything.
    Atomics.store(control, words.failed, 1)
    for (const { reject } of pending.values()) reject(ended(cause))
    process.off('exit', leave)
    stop()
  }

  /** Lets the workers end by themselves, each after what it computes. */
  const stop = (): void => {
    Atomics.store(control, words.over, 1)
    for (const word of [words.opened, ...[...threadsOf.keys()].map(wakeOf)]) {
      Atomics.add(control, word, 1)
      Atomics.notify(control, word)
    }
  }

  /** ONNX Runtime does not survive that a thread is ended inside of it, as all are at the end of a program. */
  const leave = (): void => {
    Atomics.store(control, words.failed, 1)
    stop()
    for (const worker of threadsOf.keys()) {
      const working = wakeOf(worker) + words.working
      while (Atomics.load(control, working) !== 0) Atomics.wait(control, working, 1)
    }
  }

  const close = async (): Promise<void> => {
    fail(undefined)
    // Whoever waits for their end wants to live to see it.
    for (const worker of threadsOf.values()) worker.ref()
    await Promise.all(exits)
  }

  const tell = (worker: number, task: Task, moved: readonly ArrayBuffer[] = []): void => {
    if (worker === here) {
      localTasks = localTasks.then(() => local.perform(task))
      return
    }
    threadOf(worker).postMessage(task, [...moved])
    Atomics.add(control, wakeOf(worker), 1)
    Atomics.notify(control, wakeOf(worker))
  }

  /** Listens for the answers to a call until they are complete. */
  const listen = (complete: (answers: readonly Answer[]) => boolean): Call => {
    if (dead) throw ended(undefined)
    const job = jobs++
    const answers: Answer[] = []
    const over = new Promise<readonly Answer[]>((resolve, reject) => {
      pending.set(job, {
        reject,
        resolve(answer) {
          answers.push(answer)
          if (complete(answers)) resolve(answers)
        },
      })
    })
    // It may end badly when nobody waits for it.
    over.catch(() => undefined)
    return { job, answers, over, end: () => pending.delete(job) }
  }

  /** Waits for the answers to a call; meanwhile the program goes on running. */
  const answered = async (
    ask: (job: number) => void,
    complete: (answers: readonly Answer[]) => boolean,
  ): Promise<readonly Answer[]> => {
    const call = listen(complete)
    if (awaited++ === 0) for (const worker of threadsOf.values()) worker.ref()
    try {
      ask(call.job)
      return await call.over
    } finally {
      call.end()
      if (--awaited === 0 && !dead) for (const worker of threadsOf.values()) worker.unref()
    }
  }

  /** A call that this thread takes part in: it sees by itself when all is done, and only hears of what went wrong. */
  const watched = async (
    ask: (job: number) => void,
    failed: () => boolean,
  ): Promise<readonly Answer[]> => {
    const call = listen(() => true)
    try {
      ask(call.job)
      await localTasks
      for (let busy = count; busy !== 0 && !isDead(); busy = Atomics.load(control, words.busy))
        await waitHere(control, words.busy, busy, isDead)
      if (dead || failed()) await call.over
    } finally {
      call.end()
    }
    return call.answers
  }

  const { registerPlan, ...known } = knowledge(
    everybody.length,
    shared,
    tell,
    (worker) => !dead && (worker === here || threadsOf.has(worker)),
  )

  return {
    workers: count,
    get dead() {
      return dead
    },
    ...known,

    async run(worker, task, moved) {
      const [answer] = await answered(
        (job) => {
          tell(worker, { kind: 'run', job, ...task }, moved)
        },
        () => true,
      )
      if (answer?.outputs === undefined) throw refusedRun({ why: answer?.error })
      return answer.outputs
    },

    plan(plan, model) {
      const made = { plan: plans++, model, parts: plan, at: new Set<number>() }
      registerPlan(made)
      return made
    },

    async step(together, { plan, model, parts, at }, tasks, finish) {
      // The words that workers wait at serve one step at a time.
      const before = stepping
      let next = (): void => undefined
      stepping = new Promise<void>((resolve) => {
        next = resolve
      })
      await before
      try {
        const participants = [together ? here : 0, ...everybody.slice(1, count)]
        for (const worker of participants)
          if (!at.has(worker)) {
            at.add(worker)
            tell(worker, { kind: 'plan', plan, graph: known.graph(worker, model), ...parts })
          }
        const ask = (job: number): void => {
          Atomics.store(control, words.failed, 0)
          Atomics.store(control, words.busy, count)
          const all = tasks((worker) => participants[worker]!)
          // The others first: this thread cannot tell them while it computes.
          for (const [worker, { moved, ...task }] of [...all.entries()].toReversed())
            tell(
              participants[worker]!,
              { kind: 'step', job, plan, watched: together, ...task },
              moved,
            )
        }
        const failed = (): boolean => Atomics.load(control, words.failed) !== 0
        const answers = together
          ? await watched(ask, failed)
          : await answered(
              ask,
              // Each worker has a channel of its own: what went wrong may arrive after the last one's word that all is over.
              (list) =>
                list.some((answer) => !wentWrong(answer)) && (!failed() || list.some(wentWrong)),
            )
        const problem = answers.find(wentWrong)
        if (problem?.error !== undefined) throw refusedRun({ why: problem.error })
        return { flag: problem?.flag, result: finish() }
      } finally {
        next()
      }
    },

    close,
  }
}

/** Times in milliseconds: how long this thread keeps looking, and how long it then sleeps before others have it. */
const patience = { looking: 0.05, sleeping: 2 }

/** Waits while a word has a value; the program goes on running when that takes long. */
function waitHere(
  control: Int32Array,
  word: number,
  value: number,
  over: () => boolean,
): Promise<void> | undefined {
  if (changes(control, word, value, patience.looking)) return undefined
  // Asleep it leaves its core to the one that it waits for, which may have no other.
  if (Atomics.wait(control, word, value, patience.sleeping) !== 'timed-out') return undefined
  return new Promise<void>((resolve) => {
    const look = (): void => {
      if (Atomics.load(control, word) !== value || over()) resolve()
      else setTimeout(look, 0)
    }
    look()
  })
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
