import {
  type TaggedDataset,
  type TokenFeature,
  tokenFeatures,
  type TokenVocabulary,
  vocabularySizes,
} from '@deepstruct/datasets'
import type { ModelFile } from '@deepstruct/training'
import type { Predictions, Problem, UsableModel } from '../task.ts'

/** What tagged sentences say of a problem. */
export interface TaggingProblem extends Problem<'tagging'> {
  /** The names of the tags, by position. */
  readonly tagNames: readonly string[]
  /** What the ids of each column of tokens stand for. */
  readonly vocabularies: readonly TokenVocabulary[]
}

/** A model of tags. */
export type TaggingModel = UsableModel<'tagging', TaggingProblem>

/** What such a model predicted. */
export type TaggingPredictions = Predictions<'tagging', TaggingProblem, TaggedDataset>

/** The problem that tags and vocabularies make. */
export function taggingProblem(
  vocabularies: readonly TokenVocabulary[],
  tagNames: readonly string[],
): TaggingProblem {
  return {
    sizes: { columns: vocabularySizes(vocabularies), tags: tagNames.length },
    tagNames,
    vocabularies,
  }
}

/** What a model file keeps of the problem. */
export function fileOf({
  tagNames,
  vocabularies,
}: TaggingProblem): Pick<ModelFile, 'inputs' | 'labelNames'> {
  const count = vocabularies.length
  return { labelNames: tagNames, inputs: { count, shape: [count], vocabularies } }
}

/** The problem that a model file was made for; throws what `refuse` makes when the file does not say. */
export function problemOf(
  { labelNames, inputs }: ModelFile,
  refuse: (argument: string, got: string, expected: string) => Error,
): TaggingProblem {
  if (labelNames === undefined)
    throw refuse('the description', 'without label names', 'the names of the tags')
  if (inputs.vocabularies === undefined)
    throw refuse('inputs.vocabularies', 'missing', 'what the ids of tokens stand for')
  const vocabularies = inputs.vocabularies.map(({ feature, values }, i): TokenVocabulary => {
    if (!isFeature(feature))
      throw refuse(
        `inputs.vocabularies[${i}].feature`,
        `'${feature}'`,
        `one of ${Object.keys(tokenFeatures).join(', ')}`,
      )
    return { feature, values }
  })
  return taggingProblem(vocabularies, labelNames)
}

function isFeature(name: string): name is TokenFeature {
  return Object.hasOwn(tokenFeatures, name)
}
