import { array, eagerEngine, jit, type Tensor, useEngine } from '@deepstruct/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import { valueCrossEntropy, valueCrossEntropyWithLogits } from './value.ts'

beforeAll(async () => {
  useEngine(await eagerEngine({ backend: 'cpu' }))
})

const oracle = array([0.75, 0, 1])

describe('valueCrossEntropy', () => {
  it('is the cross-entropy with the worth of the output', async () => {
    const rows = jit((v: Tensor, o: Tensor) => valueCrossEntropy(v, o, { reduction: 'none' }))
    const { data } = await rows(array([0.5, 0.2, 0.9]), oracle)
    const expected = [Math.log(2), -Math.log(0.8), -Math.log(0.9)]
    for (const [i, value] of expected.entries()) expect(data[i]).toBeCloseTo(value, 5)
  })

  it('is least where the value is the worth', async () => {
    const loss = jit((v: Tensor, o: Tensor) => valueCrossEntropy(v, o))
    const [below, at, above] = await Promise.all(
      [0.65, 0.75, 0.85].map(async (v) => (await loss(array([v]), array([0.75]))).data[0]!),
    )
    expect(at).toBeLessThan(below!)
    expect(at).toBeLessThan(above!)
  })
})

describe('valueCrossEntropyWithLogits', () => {
  it('is the same of the score before the sigmoid', async () => {
    const scores = [1.2, -0.4, 2]
    const values = scores.map((z) => 1 / (1 + Math.exp(-z)))
    const before = await jit((z: Tensor, o: Tensor) => valueCrossEntropyWithLogits(z, o))(
      array(scores),
      oracle,
    )
    const after = await jit((v: Tensor, o: Tensor) => valueCrossEntropy(v, o))(
      array(values),
      oracle,
    )
    expect(before.data[0]).toBeCloseTo(after.data[0]!, 5)
  })
})
