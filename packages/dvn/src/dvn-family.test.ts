import { split, syntheticMultilabel } from '@deepstruct/datasets'
import { familyContract } from '@deepstruct/family-contract'
import { mlpLearner, mlpSettings } from '@deepstruct/feedforward'
import {
  DomainError,
  eagerEngine,
  type Host,
  jit,
  random,
  type Tensor,
  useEngine,
} from '@deepstruct/tensor'
import { fit, type Fitted, type Labeled } from '@deepstruct/training'
import { isDeepStrictEqual } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { dvnFamily, dvnLearner, type DvnSettings, dvnSettings } from './dvn-family.ts'
import { featureStatistics } from './feature-statistics.ts'

beforeAll(async () => useEngine(await eagerEngine()))

const { train: few } = syntheticMultilabel({ seed: 2, examples: 90, testExamples: 1 })
const [fewTrain, fewDev] = split(few, 0.25, random(2))
const sizes = { inputs: few.featureNames.length, labels: few.labelNames.length }
const small = (chosen: Partial<DvnSettings> = {}): DvnSettings =>
  dvnSettings({ hidden: [6], inferenceSteps: 3, phaseEpochs: [2, 1], ...chosen })

familyContract('dvn of label sets', {
  family: dvnFamily,
  settings: {
    hidden: [6],
    secondLayer: 3,
    dropoutHidden: 0.2,
    inferenceSteps: 3,
    stopAnywhere: true,
    truthSamples: 1,
    corruption: 0.3,
    adversarialSamples: 1,
    phaseEpochs: [2, 1],
  },
  sizes,
  train: fewTrain,
  dev: fewDev,
})

describe('dvnLearner', () => {
  it('moves every part but the statistics of the inputs', async () => {
    const learner = dvnLearner(small(), sizes)
    const start = learner.init(fewTrain, random(1))
    expect(start.inputs).toEqual(featureStatistics(fewTrain))
    const { state } = await fit({ ...learner, init: () => start }, fewTrain)
    for (const part of ['features', 'output', 'global', 'inputs'] as const)
      expect([part, isDeepStrictEqual(state[part], start[part])]).toEqual([part, part === 'inputs'])
  })

  it('has a tenth of the rate in each phase, and the epochs of its schedule', () => {
    const phases = (chosen: Partial<DvnSettings>): unknown =>
      dvnLearner(dvnSettings(chosen), sizes).phases.map(({ name, epochs }) => [name, epochs])
    expect(phases({})).toEqual([
      ['rate 0.1', 60],
      ['rate 0.01', 25],
      ['rate 0.001', 10],
    ])
    expect(phases({ schedule: 'full' })).toEqual([
      ['rate 0.1', 150],
      ['rate 0.01', 150],
      ['rate 0.001', 75],
    ])
    expect(phases({ rate: 0.2, phaseEpochs: [3] })).toEqual([['rate 0.2', 3]])
  })

  it('beats independent labels where they depend on each other', async () => {
    const { train: all } = syntheticMultilabel({ seed: 1, examples: 700, testExamples: 1 })
    const [train, dev] = split(all, 0.3, random(1))
    const best = ({ history }: Pick<Fitted<unknown>, 'history'>): number =>
      Math.max(...history.map((record) => record.dev?.['f1AtHalf'] ?? 0))
    const independent = mlpSettings({
      hidden: [32],
      dropoutInput: 0,
      dropoutHidden: 0.2,
      classifierEpochs: 15,
      classifierRate: 3e-3,
    })
    const baseline = await fit(mlpLearner(independent, sizes), train, { dev, seed: 1 })
    const settings = dvnSettings({ hidden: [32], phaseEpochs: [25, 5] })
    const dvn = await fit(dvnLearner(settings, sizes), train, { dev, seed: 1, batchSize: 20 })
    expect(best(dvn)).toBeGreaterThan(best(baseline) + 0.03)
  }, 60_000)
})

describe('dvnFamily', () => {
  const settings = small()
  const params = dvnLearner(settings, sizes).init(fewTrain, random(1))

  it('says what its outputs are worth', async () => {
    const solve = dvnFamily.solve(settings, sizes)
    const values = dvnFamily.values!(settings, sizes)
    const found = await jit((p: never, examples: Labeled) => {
      const { y, energy } = solve(p, examples.x)
      return { energy, ...values(p, examples, y), exact: values(p, examples, examples.y).actual }
    })(params as never, fewDev.batch([0, 1, 2, 3]))
    for (const [row, value] of found.predicted.data.entries())
      expect(value).toBeCloseTo(-found.energy.data[row]!, 5)
    expect(found.actual.data.every((value) => value >= 0 && value <= 1)).toBe(true)
    expect([...found.exact.data]).toEqual([1, 1, 1, 1])
  })

  it('goes so many steps', async () => {
    const after = async (steps: number): Promise<Host<Tensor>> => {
      const solve = dvnFamily.solve(dvnFamily.withSteps!(settings, steps), sizes)
      return (
        await jit((p: never, x: Tensor) => ({ y: solve(p, x).y }))(
          params as never,
          fewDev.batch([0, 1]).x,
        )
      ).y
    }
    expect(await after(3)).not.toEqual(await after(1))
    expect(
      await jit((p: never, x: Tensor) => ({
        y: dvnFamily.solve(settings as never, sizes)(p, x).y,
      }))(params as never, fewDev.batch([0, 1]).x),
    ).toEqual({ y: await after(3) })
  })

  it('has settings that survive JSON', () => {
    expect(dvnFamily.settings.parse({})).toEqual(dvnSettings())
    const chosen = dvnSettings({ phaseEpochs: [1], secondLayer: 4, oracle: 'iou' })
    expect(dvnFamily.settings.parse(JSON.parse(JSON.stringify(chosen)))).toEqual(chosen)
  })

  it.each([
    ['oracle', { oracle: 'luck' }],
    ['corruption', { corruption: 2 }],
    ['inferenceSteps', { inferenceSteps: 0 }],
    ['phaseEpochs', { phaseEpochs: [0] }],
    ['mesurements', { mesurements: 4 }],
  ])('refuses a wrong %s', (name, chosen) => {
    const complete = (): unknown => dvnSettings(chosen as never)
    expect(complete).toThrow(DomainError)
    expect(complete).toThrow(name)
  })

  it('refuses to learn from nothing', () => {
    const nothing = dvnSettings({ inferenceSamples: 0, ascentSamples: 0 })
    expect(() => dvnLearner(nothing, sizes)).toThrow(DomainError)
  })
})
