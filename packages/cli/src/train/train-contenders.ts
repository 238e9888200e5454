import type { Family, JsonObject, Task } from '@deepstruct/training'
import { UsageError } from '../errors.ts'
import type { Io } from '../io.ts'
import { scoreModel } from '../model/score-model.ts'
import { readOptions } from '../options/read-options.ts'
import { progressReporter } from '../output/progress.ts'
import type { Examples, Predictions, Problem, TaskDefinition, TrainingData } from '../tasks/task.ts'
import { batchSizeOf, trainModel, type TrainedModel } from './train-model.ts'

/** A model that takes part in a comparison. */
export interface Contender {
  /** Its name in tables. */
  readonly name: string
  /** The name of its family. */
  readonly family: string
  /** What differs from the defaults of the family. */
  readonly settings: JsonObject
}

/** A comparison of models. */
export interface Comparison<T extends Task, Q extends Problem<T>, D extends Examples> {
  /** The task of all of them. */
  readonly task: TaskDefinition<T, Q, D>
  /** Where families are found. */
  readonly families: readonly Family<T>[]
  /** Who takes part. */
  readonly contenders: readonly Contender[]
  /** What all are trained on. */
  readonly data: TrainingData<Q, D>
  /** What all are measured on. */
  readonly test: D
  /** The seed of each training. */
  readonly seed: number
  /** Whether progress is left out. */
  readonly quiet: boolean
}

/** A trained contender and what it predicted of the test examples. */
export interface ComparedModel<
  T extends Task = Task,
  Q extends Problem<T> = Problem<T>,
  D extends Examples = Examples,
> extends Predictions<T, Q, D> {
  /** Its name in tables. */
  readonly name: string
  /** The trained model. */
  readonly model: TrainedModel<T, Q, D>
}

/**
 * Trains models on the same data, one after the other, and lets each predict the test examples.
 *
 * @throws {@link UsageError} when a family is missing
 */
export async function trainContenders<T extends Task, Q extends Problem<T>, D extends Examples>(
  { task, families, contenders, data, test, seed, quiet }: Comparison<T, Q, D>,
  io: Io,
): Promise<readonly ComparedModel<T, Q, D>[]> {
  const results: ComparedModel<T, Q, D>[] = []
  for (const { name, family: familyName, settings } of contenders) {
    const family = families.find((known) => known.name === familyName)
    if (family === undefined)
      throw new UsageError(`the demonstration needs the family ${familyName}`)
    const progress = progressReporter(io.stderr, { quiet, prefix: `${name} · ` })
    const model = await trainModel({
      task,
      family,
      settings: readOptions(family.settings, settings) as JsonObject,
      data,
      batchSize: batchSizeOf(family),
      seed,
      onProgress: progress.training,
    })
    progress.end()
    const predicted = await scoreModel(model, test, task.batchSize)
    results.push({ name, model, predicted, data: test })
  }
  return results
}
