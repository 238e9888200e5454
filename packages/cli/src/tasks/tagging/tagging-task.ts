import type { TaggedDataset } from '@deepstruct/datasets'
import { argMax } from '@deepstruct/tensor'
import { solverOf } from '../../model/solver-of.ts'
import type { TaskDefinition } from '../task.ts'
import { predictSentences, taggingPredictOptions } from './predict-sentences.ts'
import { publishedNames } from './tagging-data.ts'
import { fileOf, problemOf, type TaggingProblem } from './tagging-problem.ts'
import { measure } from './tagging-report.ts'
import { loadTest, taggingEvaluateOptions, testSource } from './tagging-test-data.ts'
import { loadTraining, taggingTrainOptions } from './tagging-training.ts'

/** The positions of a sentence in an exported model; shorter ones are padded by 0. */
const EXPORTED_LENGTH = 64

/** Tags of the tokens of sentences. */
export const taggingTask: TaskDefinition<'tagging', TaggingProblem, TaggedDataset> = {
  name: 'tagging',
  options: {
    train: taggingTrainOptions,
    evaluate: taggingEvaluateOptions,
    predict: taggingPredictOptions,
  },
  published: publishedNames,
  batchSize: 64,
  loadTraining,
  testSource,
  loadTest,
  describe: ({ sizes }) => `${sizes.columns[0]} words, ${sizes.tags} tags`,
  fileOf,
  problemOf,
  // The tag of the highest score is predicted, however high it is.
  chooseThreshold: () => 0.5,
  measure,
  // Plots take a while to load.
  async sections(predictions) {
    const { tagSections } = await import('./tag-sections.ts')
    return tagSections(predictions)
  },
  predict: predictSentences,
  exported: (model) => ({
    solve: solverOf(model),
    shape: [1, EXPORTED_LENGTH, model.problem.sizes.columns.length],
    dtype: 'int32',
    decode: (y) => argMax(y),
    inputs: `ids of the ${model.problem.vocabularies.map(({ feature }) => feature).join(', ')} of each token, 0 beyond the end of a sentence; the model file says what ids stand for`,
    labels: model.problem.tagNames,
  }),
  async demo(options, families, io) {
    const { taggingDemo } = await import('./tagging-demo.ts')
    return taggingDemo(options, families, io)
  },
}
