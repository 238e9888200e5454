import {
  array,
  eagerEngine,
  mul,
  stopGradient,
  type Tensor,
  tanh,
  useEngine,
} from '@deepstruct/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import { checkGradient } from './gradient-check.ts'

beforeAll(async () => {
  useEngine(await eagerEngine({ backend: 'cpu' }))
})

describe('checkGradient', () => {
  const inputs = [array([[0.5, -1]]), array([[2, 0.3]])]

  it('passes a right gradient', async () => {
    await expect(
      checkGradient((x: Tensor, y: Tensor) => mul(tanh(x), y), inputs),
    ).resolves.toBeUndefined()
  })

  it('names where a gradient is wrong', async () => {
    const wrong = (x: Tensor, y: Tensor): Tensor => mul(x, stopGradient(tanh(y)))
    await expect(checkGradient(wrong, inputs)).rejects.toThrow(/input 1, element 0: gradient 0,/)
  })
})
