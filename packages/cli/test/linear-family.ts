import {
  fill,
  matMul,
  add,
  mul,
  neg,
  sigmoid,
  sigmoidCrossEntropy,
  sum,
  type Tensor,
} from '@deepstruct/tensor'
import { evaluateMultilabel, type Family, family, sgd } from '@deepstruct/training'
import { z } from 'zod'

const settings = z.strictObject({
  rate: z.number().positive().default(0.5).describe('learning rate'),
  hidden: z.array(z.int().positive()).default([]).describe('not used'),
  labelEnergy: z.enum(['none', 'pairwise']).default('none').describe('not used'),
  careful: z.boolean().default(true).describe('not used'),
  bold: z.boolean().default(false).describe('not used'),
})

type Params = { readonly linear: { readonly kernel: Tensor; readonly bias: Tensor } }

function logits({ linear }: Params, x: Tensor): Tensor {
  return add(matMul(x, linear.kernel), linear.bias)
}

function solve(params: Params, x: Tensor) {
  const scores = logits(params, x)
  const rows = [x.shape[0] ?? 0]
  return {
    y: sigmoid(scores),
    energy: neg(sum(mul(sigmoid(scores), scores), 1)),
    steps: fill(rows, 1, 'int32'),
    status: fill(rows, 0, 'int32'),
    trace: fill([...rows, 3], 1),
  }
}

/** Logistic regression: the smallest family there is, trained in two phases. */
export const linearFamily: Family<'multilabel'> = family<
  'multilabel',
  z.infer<typeof settings>,
  Params
>({
  task: 'multilabel',
  name: 'linear',
  summary: 'logistic regression, for tests',
  settings,
  learner: ({ rate }, { inputs, labels }) => {
    const phase = (name: string) => ({
      name,
      epochs: 3,
      turns: [
        {
          moves: ['linear' as const],
          optimizer: sgd({ rate }),
          loss: (state: Params, { x, y }: { readonly x: Tensor; readonly y: Tensor }) => ({
            rows: sum(sigmoidCrossEntropy(logits(state, x), y), 1),
          }),
        },
      ],
      evaluate: evaluateMultilabel(solve),
    })
    return {
      family: 'linear',
      init: (_, random) => ({
        linear: {
          kernel: random.normals([inputs, labels], 0, 0.01),
          bias: random.normals([labels]),
        },
      }),
      phases: [phase('first'), phase('second')],
    }
  },
  solve: () => solve,
})
