import {
  abs,
  add,
  fill,
  mean,
  mul,
  neg,
  sigmoid,
  sigmoidCrossEntropy,
  sub,
  sum,
  type Tensor,
} from '@deepstruct/tensor'
import { evaluateMasks, type Family, family, type Labeled, sgd } from '@deepstruct/training'
import { z } from 'zod'

const settings = z.strictObject({
  pixelRate: z.number().positive().default(2).describe('learning rate'),
  inferenceSteps: z.int().positive().default(6).describe('halvings of the distance to the end'),
})

type Params = { readonly pixel: { readonly weights: Tensor; readonly bias: Tensor } }

/** One logit for each pixel from its own colors. */
function logits({ pixel }: Params, x: Tensor): Tensor {
  return add(sum(mul(mul(10, sub(x, 0.5)), pixel.weights), 3), pixel.bias)
}

/** Gets closer to the scores at each step, so that a report has something to show. */
function solve(steps: number) {
  return (params: Params, x: Tensor) => {
    const scores = logits(params, x)
    const rows = [x.shape[0] ?? 0]
    return {
      y: mul(1 - 2 ** -steps, sigmoid(scores)),
      energy: neg(mean(mul(sigmoid(scores), scores), [1, 2])),
      steps: fill(rows, steps, 'int32'),
      status: fill(rows, 1, 'int32'),
    }
  }
}

/** Logistic regression of each pixel: the smallest family of masks there is. */
export const pixelFamily: Family<'segmentation'> = family<
  'segmentation',
  z.infer<typeof settings>,
  Params
>({
  task: 'segmentation',
  name: 'pixel',
  summary: 'logistic regression of each pixel, for tests',
  settings,
  batchSize: 7,
  learner: ({ pixelRate, inferenceSteps }, { channels }) => ({
    family: 'pixel',
    init: (_, random) => ({
      pixel: { weights: random.normals([channels], 0, 0.01), bias: random.normals([1]) },
    }),
    phases: [
      {
        name: 'pixels',
        epochs: 8,
        turns: [
          {
            moves: ['pixel' as const],
            optimizer: sgd({ rate: pixelRate }),
            loss: (state: Params, { x, y }: Labeled) => ({
              rows: mean(sigmoidCrossEntropy(logits(state, x), y), [1, 2]),
            }),
          },
        ],
        evaluate: evaluateMasks(solve(inferenceSteps)),
      },
    ],
  }),
  solve: ({ inferenceSteps }) => solve(inferenceSteps),
  withSteps: (chosen, inferenceSteps) => ({ ...chosen, inferenceSteps }),
  values:
    () =>
    (params, { x, y: truth }, y) => ({
      predicted: sub(1, mean(abs(sub(y, sigmoid(logits(params, x)))), [1, 2])),
      actual: sub(1, mean(abs(sub(y, truth)), [1, 2])),
    }),
})
