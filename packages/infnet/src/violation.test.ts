import {
  contrastive,
  type CostedEnergies,
  structuredHinge,
  structuredPerceptron,
} from '@deepstruct/losses'
import { array, eagerEngine, jit, relu, type Tensor, useEngine } from '@deepstruct/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import { type HingeForm, violation } from './violation.ts'

beforeAll(async () => useEngine(await eagerEngine({ backend: 'cpu' })))

// One row far inside the margin, one just outside of it, one that violates even the order.
const energies = {
  energyTrue: array([-6, -2, 1]),
  energyPredicted: array([2, -1, -3]),
  taskLoss: array([3, 2, 0.5]),
}

const row = (options: object) => ({ ...options, reduction: 'none' as const })
const forms: readonly {
  form: HingeForm
  byHand: readonly number[]
  loss: (given: CostedEnergies) => Tensor
}[] = [
  {
    form: 'margin',
    byHand: [-5, 1, 4.5],
    loss: (given) => structuredHinge(given, row({ rescaling: 'margin' })),
  },
  {
    form: 'slack',
    byHand: [-21, 0, 2.5],
    loss: (given) => structuredHinge(given, row({ rescaling: 'slack' })),
  },
  { form: 'contrastive', byHand: [-7, 0, 5], loss: (given) => contrastive(given, row({})) },
  {
    form: 'perceptron',
    byHand: [-8, -1, 4],
    loss: (given) => structuredPerceptron(given, row({})),
  },
]

describe('violation', () => {
  it.each(forms)('of the form $form is computed by hand', async ({ form, byHand }) => {
    const { data } = await jit((given: CostedEnergies) => violation(form, given))(energies)
    expect([...data]).toEqual(byHand)
  })

  it.each(forms)('is what the loss of the form $form takes the positive part of', async (use) => {
    const both = await jit((given: CostedEnergies) => ({
      part: relu(violation(use.form, given)),
      loss: use.loss(given),
    }))(energies)
    expect(both.part).toEqual(both.loss)
  })
})
