import type { MultilabelDataset } from '@deepstruct/datasets'
import { argMax } from '@deepstruct/tensor'
import { fileOf, problemOf } from '../multilabel/multilabel-problem.ts'
import { rawSolverOf } from '../multilabel/raw-solver.ts'
import type { TaskDefinition } from '../task.ts'
import type { ClassificationProblem } from './classification-problem.ts'
import { measure } from './classification-report.ts'
import { classificationEvaluateOptions, loadTest, testSource } from './classification-test-data.ts'
import { classificationTrainOptions, loadTraining } from './classification-training.ts'
import { classificationPredictOptions, predictClasses } from './predict-classes.ts'

/** One class among several from rows of features. */
export const classificationTask: TaskDefinition<
  'classification',
  ClassificationProblem,
  MultilabelDataset
> = {
  name: 'classification',
  options: {
    train: classificationTrainOptions,
    evaluate: classificationEvaluateOptions,
    predict: classificationPredictOptions,
  },
  published: [],
  batchSize: 256,
  loadTraining,
  testSource,
  loadTest,
  describe: ({ sizes }) => `${sizes.inputs} features, ${sizes.labels} classes`,
  fileOf,
  problemOf,
  // The class of the highest score is predicted, however high it is.
  chooseThreshold: () => 0.5,
  measure,
  // Plots take a while to load.
  async sections(predictions) {
    const { classSections } = await import('./class-sections.ts')
    return classSections(predictions)
  },
  predict: predictClasses,
  exported: (model) => ({
    solve: rawSolverOf(model),
    shape: [1, model.problem.sizes.inputs],
    decode: (y) => argMax(y),
    inputs: 'features in the order of the training data, not standardized: the model does that',
    labels: model.problem.labelNames,
  }),
  async demo(options, families, io) {
    const { classificationDemo } = await import('./classification-demo.ts')
    return classificationDemo(options, families, io)
  },
}
