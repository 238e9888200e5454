import {
  add,
  cast,
  expandDims,
  fill,
  log,
  mul,
  neg,
  notEqual,
  oneHot,
  reshape,
  matMul,
  slice,
  softmax,
  sum,
  type Tensor,
} from '@deepstruct/tensor'
import { evaluateTags, type Family, family, sgd, type TagSizes } from '@deepstruct/training'
import { z } from 'zod'

const settings = z.strictObject({
  rate: z.number().positive().default(2).describe('learning rate'),
})

type Params = { readonly words: Tensor }

/** Tags of each word by itself, `[batch, length, tags]`, 0 beyond the end of a sentence. */
function tagsOf({ words }: Params, x: Tensor, { columns, tags }: TagSizes): Tensor {
  const [batch = 0, length = 0] = x.shape
  const ids = reshape(slice(x, [0, 0, 0], [-1, -1, 1]), [batch * length])
  const scores = matMul(cast(oneHot(ids, columns[0] as number), 'float32'), words)
  const mask = cast(notEqual(reshape(ids, [batch, length]), 0), 'float32')
  return mul(softmax(reshape(scores, [batch, length, tags])), expandDims(mask, 2))
}

/** One row of scores for each word: the smallest family of tags there is. */
export const wordFamily: Family<'tagging'> = family<'tagging', z.infer<typeof settings>, Params>({
  task: 'tagging',
  name: 'word',
  summary: 'the most frequent tag of each word, for tests',
  settings,
  learner: ({ rate }, sizes) => ({
    family: 'word',
    init: (_, random) => ({ words: random.normals([sizes.columns[0] as number, sizes.tags]) }),
    phases: [
      {
        name: 'words',
        epochs: 6,
        turns: [
          {
            moves: ['words'],
            optimizer: sgd({ rate }),
            loss: (state, { x, y }) => ({
              rows: neg(sum(mul(y, log(add(tagsOf(state, x, sizes), 1e-6))), [1, 2])),
            }),
          },
        ],
        evaluate: evaluateTags((state: Params, x: Tensor) => solve(state, x, sizes)),
      },
    ],
  }),
  solve: (_, sizes) => (params, x) => solve(params, x, sizes),
})

function solve(params: Params, x: Tensor, sizes: TagSizes) {
  const rows = [x.shape[0] ?? 0]
  const y = tagsOf(params, x, sizes)
  return {
    y,
    energy: neg(sum(y, [1, 2])),
    steps: fill(rows, 0, 'int32'),
    status: fill(rows, 0, 'int32'),
  }
}
