import type { TracedSolution } from '@deepstruct/inference'
import type { Standardizer } from '@deepstruct/datasets'
import { type Host, ModelFileError, type Tensor } from '@deepstruct/tensor'
import { type Family, type JsonObject, type Parameters, type Sizes } from '@deepstruct/training'
import { loadModel } from '@deepstruct/training/node'

/** A trained model with its family: what evaluation and prediction need. */
export interface UsableModel {
  /** The family. */
  readonly family: Family<'multilabel'>
  /** Its settings. */
  readonly settings: JsonObject
  /** The size of the problem. */
  readonly sizes: Sizes
  /** The names of the labels, by position. */
  readonly labelNames: readonly string[]
  /** From raw inputs to those that the model was trained on. */
  readonly standardizer: Standardizer
  /** Labels with a score above it are predicted. */
  readonly threshold: number
  /** The trained parameters. */
  readonly parameters: Host<Parameters>
}

/** What runs at test time. */
export function solverOf({
  family,
  settings,
  sizes,
}: UsableModel): (params: Parameters, x: Tensor) => TracedSolution {
  return family.solve(settings, sizes)
}

/**
 * Reads a model file and checks that this release can use it.
 *
 * @throws {@link @deepstruct/tensor!ModelFileError} when the file is missing, damaged, of a newer format, of an unknown
 * family, or has settings that the family refuses
 */
export async function openModel(
  path: string,
  families: readonly Family<'multilabel'>[],
): Promise<UsableModel> {
  const file = await loadModel(path)
  const refuse = (argument: string, got: string, expected: string): ModelFileError =>
    new ModelFileError({ function: 'openModel', argument, got, expected, file: path })
  const family = families.find(({ name }) => name === file.family)
  if (family === undefined)
    throw refuse(
      'the family',
      `'${file.family}'`,
      `one of ${families.map(({ name }) => name).join(', ')}`,
    )
  const settings = family.settings.safeParse(file.configuration)
  if (!settings.success) {
    const issue = settings.error.issues[0]
    const key = issue?.path.join('.') ?? ''
    throw refuse(
      key === '' ? 'the configuration' : `the setting ${key}`,
      JSON.stringify(file.configuration[key] ?? null),
      issue?.message ?? 'another value',
    )
  }
  if (file.labelNames === undefined)
    throw refuse('the description', 'without label names', 'a multi-label model')
  return {
    family,
    settings: settings.data as JsonObject,
    sizes: { inputs: file.inputs.count, labels: file.labelNames.length },
    labelNames: file.labelNames,
    standardizer: file.inputs.standardizer ?? { kind: 'identity' },
    threshold: file.threshold,
    parameters: file.parameters as unknown as Host<Parameters>,
  }
}
