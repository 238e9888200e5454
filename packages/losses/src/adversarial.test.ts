import { array, eagerEngine, jit, type Tensor, useEngine } from '@deepstruct/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  discriminatorLoss,
  type DiscriminatorLossOptions,
  generatorLoss,
  type GeneratorLossOptions,
} from './adversarial.ts'

beforeAll(async () => {
  useEngine(await eagerEngine({ backend: 'cpu' }))
})

const { log, exp } = Math
const sigmoid = (z: number): number => 1 / (1 + exp(-z))

async function discriminator(
  real: number,
  fake: number,
  options: DiscriminatorLossOptions = {},
): Promise<number> {
  const loss = jit((a: Tensor, b: Tensor) => discriminatorLoss(a, b, options))
  return (await loss(array([real]), array([fake]))).data[0]!
}

async function generator(fake: number, options: GeneratorLossOptions = {}): Promise<number> {
  return (await jit((a: Tensor) => generatorLoss(a, options))(array([fake]))).data[0]!
}

describe('discriminatorLoss', () => {
  it('is the cross-entropy of both kinds', async () => {
    expect(await discriminator(0, 0)).toBeCloseTo(2 * log(2), 6)
    expect(await discriminator(1.5, -0.5)).toBeCloseTo(
      -log(sigmoid(1.5)) - log(1 - sigmoid(-0.5)),
      5,
    )
  })

  it('softens the target of true examples only', async () => {
    expect(await discriminator(1.5, -0.5, { realTarget: 0.9 })).toBeCloseTo(
      -0.9 * log(sigmoid(1.5)) - 0.1 * log(1 - sigmoid(1.5)) - log(1 - sigmoid(-0.5)),
      5,
    )
  })
})

describe('generatorLoss', () => {
  it('is the cross-entropy with the target of true examples', async () => {
    expect(await generator(-2)).toBeCloseTo(-log(sigmoid(-2)), 5)
  })

  it('saturating is minus what the discriminator pays for made examples', async () => {
    expect(await generator(-2, { form: 'saturating' })).toBeCloseTo(log(1 - sigmoid(-2)), 5)
  })
})
