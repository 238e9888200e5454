import { type MultilabelDataset, multilabelDataset, split } from '@deepstruct/datasets'
import { familyContract } from '@deepstruct/family-contract'
import {
  currentEngine,
  DomainError,
  eagerEngine,
  ndarray,
  type NDArray,
  random,
  useEngine,
} from '@deepstruct/tensor'
import { evaluateMultilabel, fit, type Fitted } from '@deepstruct/training'
import { beforeAll, describe, expect, it } from 'vitest'
import { mlpFamily, mlpLearner, mlpSettings } from './mlp-family.ts'

beforeAll(async () => useEngine(await eagerEngine()))

/** Labels that lie on the two sides of random planes. */
function planes(examples: number): MultilabelDataset {
  const [features, labels, draw] = [6, 4, random(1)]
  const x = draw.normals([examples, features])
  const normals = draw.normals([labels, features])
  const y = Float32Array.from({ length: examples * labels }, (_, at) => {
    const example = Math.floor(at / labels)
    const of = (data: NDArray['data'], row: number, j: number): number =>
      data[row * features + j] ?? NaN
    const terms = Array.from(
      { length: features },
      (__, j) => of(x.data, example, j) * of(normals.data, at % labels, j),
    )
    return terms.reduce((total, term) => total + term) > 0 ? 1 : 0
  })
  return multilabelDataset({ features: x, labels: ndarray(y, [examples, labels]) })
}

const [train, dev] = split(planes(400), 0.25, random(1))
const sizes = { inputs: 6, labels: 4 }

const trained = (
  classifierEpochs: number,
  seed: number,
): Promise<Fitted<Record<string, unknown>>> => {
  const settings = mlpSettings({
    hidden: [16],
    classifierEpochs,
    classifierRate: 0.01,
    dropoutInput: 0,
    dropoutHidden: 0.2,
  })
  return fit(mlpLearner(settings, sizes), train, { dev, seed }) as never
}

familyContract('mlp', {
  family: mlpFamily,
  settings: { hidden: [6], classifierEpochs: 2 },
  sizes,
  train: train.subset(Array.from({ length: 60 }, (_, i) => i)),
  dev,
})

describe('mlpLearner', () => {
  it('learns: the loss falls, and the score rises over that of fresh parameters', async () => {
    const { history, status } = await trained(8, 1)
    expect(status).toBe('completed')
    const losses = history.filter(({ epoch }) => epoch > 0).map((record) => record.train['loss'])
    expect(losses.at(-1)).toBeLessThan((losses[0] ?? NaN) * 0.7)
    const settings = mlpSettings({ hidden: [16] })
    const fresh = mlpLearner(settings, sizes).init(train, random(1))
    const { score } = await evaluateMultilabel(mlpFamily.solve(settings, sizes))(
      fresh as never,
      dev,
    )
    expect(history.findLast(({ best }) => best)?.dev?.score).toBeGreaterThan(score + 0.2)
  })

  it('repeats with a seed, and differs with another', async () => {
    const [first, again, other] = [await trained(2, 1), await trained(2, 1), await trained(2, 2)]
    expect(again.state).toEqual(first.state)
    expect(other.state).not.toEqual(first.state)
  })

  it('leaves nothing on the engine', async () => {
    const arrays = async (): Promise<number> => (await currentEngine()).memory().arrays
    await trained(1, 1)
    const before = await arrays()
    await trained(2, 1)
    expect(await arrays()).toBe(before)
  })

  it('has the parts features and output', async () => {
    const { state } = await trained(1, 1)
    expect(Object.keys(state)).toEqual(['features', 'output'])
  })
})

describe('mlpFamily', () => {
  it('solves with the trained state as training measured it', async () => {
    const { state, history } = await trained(3, 1)
    const settings = mlpFamily.settings.parse({ hidden: [16] })
    const solve = mlpFamily.solve(settings as never, sizes)
    const { score } = await evaluateMultilabel(solve)(state as never, dev)
    expect(score).toBe(history.findLast(({ best }) => best)?.dev?.score)
  })
})

describe('mlpSettings', () => {
  it('completes what is chosen, as the family does', () => {
    const settings = mlpSettings({ hidden: [7] })
    expect(settings).toEqual({ ...mlpSettings(), hidden: [7] })
    expect(mlpFamily.settings.parse(JSON.parse(JSON.stringify(settings)))).toEqual(settings)
  })

  it.each([
    ['hidden', { hidden: [0] }],
    ['activation', { activation: 'step' }],
    ['dropoutInput', { dropoutInput: 1 }],
    ['classifierRate', { classifierRate: 0 }],
    ['classifierEpochs', { classifierEpochs: 1.5 }],
    ['hiden', { hiden: [3] }],
  ])('refuses a wrong %s', (name, chosen) => {
    const complete = (): unknown => mlpSettings(chosen as never)
    expect(complete).toThrow(DomainError)
    expect(complete).toThrow(name)
  })
})
