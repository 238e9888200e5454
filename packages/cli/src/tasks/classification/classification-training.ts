import { type MultilabelDataset, split } from '@deepstruct/datasets'
import { random } from '@deepstruct/tensor'
import { z } from 'zod'
import { UsageError } from '../../errors.ts'
import type { Values } from '../../options/read-options.ts'
import { devOption } from '../../options/shared-options.ts'
import { prepared } from '../multilabel/multilabel-training.ts'
import type { LoadedTraining, LoadingContext } from '../task.ts'
import { digestOf, loadExamples, targetOption } from './classification-data.ts'
import type { ClassificationModel, ClassificationProblem } from './classification-problem.ts'

/** The share that is held out, where nobody says. */
const DEV = 0.1

const schema = z.object({
  train: z
    .string()
    .exactOptional()
    .describe('training examples: CSV with a header, or ARFF, also .gz')
    .meta({ placeholder: 'file' }),
  target: targetOption,
  dev: devOption('share|file', `a file (default: ${DEV})`),
  standardize: z
    .boolean()
    .default(true)
    .describe('standardize inputs by the statistics of the training examples'),
})

/** Where examples to train on come from. */
export const classificationTrainOptions: z.ZodObject = schema

/** Loads what the options name, holds the dev examples out, and standardizes the inputs. */
export async function loadTraining(
  values: Values,
  { seed, initial }: LoadingContext<ClassificationModel>,
): Promise<LoadedTraining<ClassificationProblem, MultilabelDataset>> {
  const options = schema.parse(values)
  const { train: file, dev = DEV } = options
  if (file === undefined) throw new UsageError('the option --train is missing')
  const target = requireTarget(options.target)
  const all = await loadExamples(file, target, initial?.problem)
  const digest = await digestOf(file)
  const course = {
    target,
    'the list of class names': all.labelNames,
    standardize: options.standardize,
  }
  const standardizer = options.standardize
    ? initial?.problem.standardizer
    : ({ kind: 'identity' } as const)
  if (typeof dev === 'string') {
    const known = {
      sizes: { inputs: all.featureNames.length, labels: all.labelNames.length },
      labelNames: all.labelNames,
    }
    return {
      ...prepared(all, await loadExamples(dev, target, known), standardizer),
      digest,
      course: { ...course, 'the digest of the dev data': await digestOf(dev) },
    }
  }
  const [rest, held] = split(all, dev, random(seed))
  return { ...prepared(rest, held, standardizer), digest, course: { ...course, dev } }
}

/** The target, which has no default. */
export function requireTarget(target: unknown): string {
  if (typeof target !== 'string')
    throw new UsageError('the option --target is missing: the column that holds the class')
  return target
}
