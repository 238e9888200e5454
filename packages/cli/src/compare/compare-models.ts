import { DeepstructError, type DivergenceError } from '@deepstruct/tensor'
import { errorLine } from '../errors.ts'
import type { Io } from '../io.ts'
import { scoreModel } from '../model/score-model.ts'
import type { Values } from '../options/read-options.ts'
import type { ProgressReporter } from '../output/progress.ts'
import type { LoadedTraining, Predictions, Report, TaskDefinition } from '../tasks/task.ts'
import type { RunSettings } from '../train/resumed-run.ts'
import { batchSizeOf, trainModel, type TrainedModel } from '../train/train-model.ts'
import type { Entry } from './contenders.ts'
import type { KeptRuns } from './kept-runs.ts'

/** A model of a comparison with what its runs came to. */
export interface Compared {
  /** Its name. */
  readonly name: string
  /** Its family. */
  readonly family: string
  /** Finished runs, in the order of their seeds. */
  readonly runs: readonly ComparedRun[]
  /** Runs that failed, and why. */
  readonly failures: readonly { readonly seed?: number; readonly error: string }[]
  /** The first finished run in detail. */
  readonly first?: Predictions & {
    /** The trained model with its history. */
    readonly model: TrainedModel
  }
}

/** One finished run. */
interface ComparedRun {
  /** Its seed. */
  readonly seed: number
  /** Metrics on the test examples. */
  readonly report: Report
  /** Seconds of training. */
  readonly trainSeconds: number
}

/** What {@link compareModels} needs. */
export interface CompareOptions {
  /** The task. */
  readonly task: TaskDefinition
  /** Who takes part. */
  readonly entries: readonly Entry[]
  /** How many runs each has: the seeds from 0. */
  readonly seeds: number
  /** Where the data are. */
  readonly source: {
    /** The options of the training data. */
    readonly train: Values
    /** The options of `evaluate` for the test data. */
    readonly test: Values
  }
  /** Replaces the number of epochs of every phase. */
  readonly epochs?: number | undefined
  /** Rows of a batch, where it is not the family's own. */
  readonly batchSize?: number | undefined
  /** What computes, as part of the course of a run. */
  readonly engine: RunSettings
  /** Runs that were finished before. */
  readonly kept: KeptRuns
  /** Stops after the batch at hand. */
  readonly signal: AbortSignal
  /** A reporter whose lines begin with a prefix. */
  progress(prefix?: string): ProgressReporter
}

/**
 * Trains every model once for each seed, on the same examples with the same held-out part, and measures all on the test examples, which
 * nothing is chosen by. A model that cannot handle the data, or whose training diverges, has that as its result.
 *
 * @throws {@link @deepstruct/tensor!DomainError} when a run was kept that had other settings
 */
export async function compareModels(options: CompareOptions, io: Io): Promise<readonly Compared[]> {
  const { task, entries, seeds, source, kept, signal, progress } = options
  const all = new Map<string, Compared>(
    entries.map((entry) => [
      entry.name,
      {
        name: entry.name,
        family: entry.family.name,
        runs: [],
        failures: 'refused' in entry ? [{ error: entry.refused }] : [],
      },
    ]),
  )
  for (let seed = 0; seed < seeds && !signal.aborted; seed++) {
    const data = await task.loadTraining(source.train, {
      seed,
      initial: undefined,
      progress: progress(),
    })
    const test = await task.loadTest(source.test, data.problem, progress())
    for (const entry of entries) {
      if ('refused' in entry || signal.aborted) continue
      const before = all.get(entry.name) as Compared
      const course = courseOf(entry, data, options)
      const earlier = await kept.find(entry.name, seed, course)
      try {
        const model = earlier ?? (await trained(entry, seed, data, options))
        if (model === undefined) break
        if (earlier === undefined) await kept.keep(entry.name, seed, course, model)
        const predicted = await scoreModel(model, test, task.batchSize)
        const report = task.measure(predicted, model.threshold, test)
        all.set(entry.name, {
          ...before,
          runs: [...before.runs, { seed, report, trainSeconds: model.seconds }],
          first: before.first ?? { model, predicted, data: test },
        })
      } catch (error) {
        if (!(error instanceof DeepstructError)) throw error
        const failure = { seed, error: errorLine(error, io.env) }
        progress(`${entry.name} · `).line(failure.error)
        all.set(entry.name, { ...before, failures: [...before.failures, failure] })
      }
    }
  }
  return [...all.values()]
}

type Contender = Extract<Entry, { readonly settings: unknown }>

/** What decides what a run comes to, its seed apart. */
function courseOf(
  { family, settings }: Contender,
  data: LoadedTraining,
  { task, epochs, batchSize, engine }: CompareOptions,
): RunSettings {
  return {
    model: family.name,
    task: task.name,
    ...settings,
    ...data.course,
    epochs,
    batchSize: batchSize ?? batchSizeOf(family),
    'the digest of the training data': data.digest,
    ...engine,
  }
}

/** Trains the model of a run; none where training was stopped. */
async function trained(
  { name, family, settings }: Contender,
  seed: number,
  data: LoadedTraining,
  { task, epochs, batchSize, signal, progress }: CompareOptions,
): Promise<TrainedModel | undefined> {
  const reporter = progress(`${name}, seed ${seed} · `)
  const model = await trainModel({
    task,
    family,
    settings,
    data,
    epochs,
    batchSize: batchSize ?? batchSizeOf(family),
    seed,
    signal,
    onProgress: reporter.training,
  })
  reporter.end()
  if (model.status === 'interrupted') return undefined
  if (model.status === 'completed') return model
  throw model.divergence as DivergenceError
}
