import type { MultilabelDataset } from '@deepstruct/datasets'
import { selectThreshold } from '@deepstruct/metrics'
import type { TaskDefinition } from '../task.ts'
import { publishedNames } from './multilabel-data.ts'
import { loadTest, multilabelEvaluateOptions, testSource } from './multilabel-test-data.ts'
import { loadTraining, multilabelTrainOptions } from './multilabel-training.ts'
import { fileOf, type MultilabelProblem, problemOf } from './multilabel-problem.ts'
import { measure } from './multilabel-report.ts'
import { multilabelPredictOptions, predictLines } from './predict-lines.ts'
import { rawSolverOf } from './raw-solver.ts'

/** Sets of labels from rows of features. */
export const multilabelTask: TaskDefinition<'multilabel', MultilabelProblem, MultilabelDataset> = {
  name: 'multilabel',
  options: {
    train: multilabelTrainOptions,
    evaluate: multilabelEvaluateOptions,
    predict: multilabelPredictOptions,
  },
  published: publishedNames,
  batchSize: 256,
  loadTraining,
  testSource,
  loadTest,
  describe: ({ sizes }) => `${sizes.inputs} features, ${sizes.labels} labels`,
  fileOf,
  problemOf,
  chooseThreshold: ({ scores, labels }) => selectThreshold(scores, labels).threshold,
  measure,
  // Plots take a while to load.
  async sections(predictions) {
    const { predictionSections } = await import('./prediction-sections.ts')
    return predictionSections(predictions)
  },
  predict: predictLines,
  exported: (model) => ({
    solve: rawSolverOf(model),
    shape: [1, model.problem.sizes.inputs],
    inputs: 'features in the order of the training data, not standardized: the model does that',
    labels: model.problem.labelNames,
  }),
  async demo(options, families, io) {
    const { multilabelDemo } = await import('./multilabel-demo.ts')
    return multilabelDemo(options, families, io)
  },
}
