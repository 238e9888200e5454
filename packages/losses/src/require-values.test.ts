import {
  array,
  DomainError,
  eagerEngine,
  jit,
  type NDArray,
  type Tensor,
  useEngine,
} from '@deepstruct/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  binaryHinge,
  crammerSinger,
  crossEntropyWithLogits,
  klDivergence,
  valueCrossEntropy,
  valueCrossEntropyWithLogits,
  westonWatkins,
} from './index.ts'

beforeAll(async () => {
  useEngine(await eagerEngine({ backend: 'cpu' }))
})

type Loss = (a: Tensor, b: Tensor) => Tensor

const row = (...values: number[]): NDArray => array([values])
const rows = (...values: number[]): NDArray => array(values)
const logits = array([[0, 1, 2]])

/** A loss, the argument that is wrong, and the arguments. */
const refused: readonly (readonly [Loss, string, NDArray, NDArray])[] = [
  [binaryHinge, 'labels', row(1, 2), row(1, 0.5)],
  [binaryHinge, 'labels', row(1, 2), row(2, 0)],
  [binaryHinge, 'labels', row(1, 2), row(-1, Number.NaN)],
  [crammerSinger, 'labels', logits, rows(3)],
  [crammerSinger, 'labels', logits, rows(-1)],
  [crammerSinger, 'labels', logits, array([3], 'int32')],
  [westonWatkins, 'labels', logits, rows(3)],
  [westonWatkins, 'labels', logits, rows(0.5)],
  [crossEntropyWithLogits, 'labels', logits, array([-1], 'int32')],
  [crossEntropyWithLogits, 'labels', logits, rows(3)],
  [crossEntropyWithLogits, 'labels', logits, rows(1.5)],
  [crossEntropyWithLogits, 'labels', logits, rows(Number.NaN)],
  [binaryCrossEntropy, 'probabilities', row(0.5, 1.01), row(1, 0)],
  [binaryCrossEntropy, 'probabilities', row(-0.01, 1), row(1, 0)],
  [binaryCrossEntropy, 'probabilities', row(Number.NaN, 1), row(1, 0)],
  [binaryCrossEntropy, 'labels', row(0.5, 1), row(-1, 1)],
  [binaryCrossEntropyWithLogits, 'labels', row(0.5, 1), row(-1, 1)],
  [valueCrossEntropy, 'values', rows(1.2), rows(1)],
  [valueCrossEntropy, 'oracle', rows(1), rows(1.2)],
  [valueCrossEntropyWithLogits, 'oracle', rows(3), rows(-0.2)],
  [klDivergence, 'target', row(1.5, 0), row(0.5, 0.5)],
  [klDivergence, 'prediction', row(0.5, 0.5), row(-0.5, 0.5)],
  [klDivergence, 'prediction', row(0.5, 0.5), row(0, 1)],
]

describe('values that a loss is not defined on', () => {
  it.each(refused.map(([loss, argument, a, b]) => ({ loss, name: loss.name, argument, a, b })))(
    '$name refuses $argument of $a.data, $b.data',
    async ({ loss, name, argument, a, b }) => {
      const run = jit((x: Tensor, y: Tensor) => loss(x, y))
      const error: unknown = await run(a, b).catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(DomainError)
      const { details } = error as DomainError
      expect([details.function, details.argument]).toEqual([name, argument])
    },
  )

  it('says that the divergence is infinite where q = 0 < p', async () => {
    await expect(
      jit((p: Tensor, q: Tensor) => klDivergence(p, q))(row(0.5, 0.5), row(0, 1)),
    ).rejects.toThrow(
      'klDivergence: prediction is 0 where target is positive, expected positive values there (the divergence is infinite)',
    )
  })
})
