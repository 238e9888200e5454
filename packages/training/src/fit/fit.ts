import {
  currentEngine,
  dispose,
  type DivergenceError,
  DomainError,
  type Host,
  put,
  random,
  randomFromState,
  read,
} from '@deepstruct/tensor'
import type { Dataset } from '../dataset.ts'
import type { Learner, Phase } from '../learner.ts'
import type { EpochRecord, Progress } from './progress.ts'
import { type PhaseEnd, runPhase } from './run-phase.ts'
import type { Snapshot } from './snapshot.ts'

/** How {@link fit} trains. */
export interface FitOptions<S, B> {
  /** Held-out data for early stopping and the choice of the best epoch; carve it from the training data, never from test. */
  readonly dev?: Dataset<Host<B>>
  /** Rows of a batch; default 32. The last batch of an epoch may be smaller. */
  readonly batchSize?: number
  /** The seed of everything random; default 0. */
  readonly seed?: number
  /** Stops the run after the batch under way; complete epochs are kept. */
  readonly signal?: AbortSignal
  /** Goes on from here instead of from the start. */
  readonly resume?: Snapshot<S>
  /** Keeps snapshots, from which an interrupted run goes on exactly. */
  readonly checkpoint?: Checkpoint<S>
  /** Called after each batch and each epoch. */
  readonly onProgress?: (progress: Progress) => void
}

/** Where snapshots go, and how often. */
export interface Checkpoint<S> {
  /** Keeps a snapshot; training waits for it. */
  save(snapshot: Snapshot<S>): Promise<void>
  /** Also after so many batches of an epoch; default only after each epoch. */
  readonly everySteps?: number
}

/** What {@link fit} resolves to. */
export interface Fitted<S> {
  /** The trained state: the best of the last phase by its score, or the last one where nothing was measured. */
  readonly state: Host<S>
  /**
   * `'interrupted'` by the signal, `'diverged'` when a loss was no longer finite or a turn or an evaluation threw a
   * {@link @deepstruct/tensor!DivergenceError}; the state is then the best, or last, of the complete epochs, and so is what the checkpoint
   * holds.
   */
  readonly status: PhaseEnd<S>['status']
  /** What diverged, where the status says so. */
  readonly divergence?: DivergenceError
  /** What was measured, epoch by epoch. */
  readonly history: readonly EpochRecord[]
}

/**
 * Trains a learner: the only training loop.
 *
 * Rows are shuffled for each epoch, every player of the phase takes its steps at each batch, the state is measured on held-out
 * data after each epoch, and the best one goes on into the next phase. The same seed on the same engine repeats bit by bit, and so
 * does a run that was interrupted and resumed.
 *
 * @param learner - the family's phases and losses
 * @param data - the training examples
 * @throws {@link @deepstruct/tensor!DomainError} for a batch size that is no positive integer, no examples, or a snapshot of another
 * family or engine
 */
export async function fit<S extends object, B>(
  learner: Learner<S, B>,
  data: Dataset<Host<B>>,
  options: FitOptions<S, B> = {},
): Promise<Fitted<S>> {
  const { batchSize = 32, seed = 0, resume } = options
  requirePositive('batchSize', batchSize)
  requirePositive('data.size', data.size)
  const engine = (await currentEngine()).name
  if (resume !== undefined) {
    requireSame('family', resume.family, learner.family)
    requireSame('engine', resume.engine, engine)
  }
  const source = resume === undefined ? random(seed) : randomFromState(resume.random)
  const run = {
    ...options,
    data,
    batchSize,
    engine,
    family: learner.family,
    phases: learner.phases.length,
    random: source,
    history: [...(resume?.history ?? [])],
  }
  let state = await put<S>(resume?.state ?? learner.init(data, source))
  let ending: Omit<PhaseEnd<S>, 'state'> = { status: 'completed' }
  for (
    let index = resume?.phase ?? 0;
    index < learner.phases.length && ending.status === 'completed';
    index++
  ) {
    const phase = learner.phases[index] as Phase<S, B>
    const from = resume?.phase === index ? resume : undefined
    if (from === undefined && phase.enter !== undefined) {
      const entered = phase.enter(await read(state), source)
      dispose(state)
      state = await put<S>(entered)
    }
    ;({ state, ...ending } = await runPhase(run, phase, index, state, from))
  }
  const result = await read(state)
  dispose(state)
  return { ...ending, state: result, history: run.history }
}

function requirePositive(argument: string, value: number): void {
  if (!Number.isInteger(value) || value < 1)
    throw new DomainError({
      function: 'fit',
      argument,
      got: String(value),
      expected: 'a positive integer',
    })
}

function requireSame(what: string, saved: string, now: string): void {
  if (saved !== now)
    throw new DomainError({
      function: 'fit',
      argument: `resume.${what}`,
      got: saved,
      expected: now,
      why: 'a run is resumed exactly only where it was begun',
    })
}
