import { createHash } from 'node:crypto'
import type { MultilabelDataset } from '@deepstruct/datasets'
import { loadClassification, readBytes } from '@deepstruct/datasets/node'
import { z } from 'zod'
import type { MultilabelProblem } from '../multilabel/multilabel-problem.ts'

/** Which column is the class. */
export const targetOption: z.ZodExactOptional<z.ZodString> = z
  .string()
  .exactOptional()
  .describe('the column that holds the class of each example')
  .meta({ placeholder: 'column' })

/**
 * Loads examples of one class each from a file.
 *
 * @param problem - of the model or the training data that they must fit
 * @throws {@link @deepstruct/tensor!DataError} with file and line
 */
export function loadExamples(
  file: string,
  target: string,
  problem?: Pick<MultilabelProblem, 'sizes' | 'labelNames'>,
): Promise<MultilabelDataset> {
  return loadClassification({
    data: file,
    target,
    ...(problem && { columns: { features: problem.sizes.inputs, classes: problem.labelNames } }),
  })
}

/** The digest of a file. */
export async function digestOf(file: string): Promise<string> {
  return `sha256:${createHash('sha256')
    .update(await readBytes(file))
    .digest('hex')}`
}
