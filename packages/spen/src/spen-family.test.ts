import { split, syntheticMultilabel } from '@deepstruct/datasets'
import { familyContract } from '@deepstruct/family-contract'
import {
  box,
  exhaustive,
  localEnergy,
  predictor,
  projectedGradient,
  type SpenParams,
} from '@deepstruct/inference'
import {
  currentEngine,
  DomainError,
  eagerEngine,
  jit,
  random,
  type Tensor,
  useEngine,
} from '@deepstruct/tensor'
import { fit } from '@deepstruct/training'
import { fileCheckpoint, loadCheckpoint } from '@deepstruct/training/node'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { beforeAll, describe, expect, it } from 'vitest'
import { spenFamily, spenLearner, type SpenSettings, spenSettings } from './spen-family.ts'

beforeAll(async () => useEngine(await eagerEngine()))

const sizesOf = (data: { featureNames: readonly string[]; labelNames: readonly string[] }) => ({
  inputs: data.featureNames.length,
  labels: data.labelNames.length,
})

const { train: few } = syntheticMultilabel({ seed: 2, examples: 96, testExamples: 1 })
const [fewTrain, fewDev] = split(few, 0.25, random(2))
const small = (chosen: Partial<SpenSettings> = {}): SpenSettings =>
  spenSettings({
    hidden: [6],
    classifierEpochs: 1,
    energyEpochs: 1,
    jointEpochs: 1,
    inferenceSteps: 3,
    patience: 100,
    ...chosen,
  })

familyContract('spen', {
  family: spenFamily,
  settings: { ...small({ energyEpochs: 2, jointEpochs: 2 }) },
  sizes: sizesOf(few),
  train: fewTrain,
  dev: fewDev,
})

describe('the local energy alone', () => {
  it('decides as the classifier at one half', async () => {
    const logits = random(4).normals([20, 5], 0, 2)
    const decide = jit((scores: Tensor) => {
      const domain = box([5])
      const problem = {
        energy: (y: Tensor) => localEnergy(scores, y),
        domain,
        start: domain.start(20),
      }
      return {
        exact: exhaustive()(problem).y,
        gradient: projectedGradient({ steps: 200, stepSize: 1 })(problem).y,
      }
    })
    const { exact, gradient } = await decide(logits)
    const classified = [...logits.data].map((score) => (score > 0 ? 1 : 0))
    expect([...exact.data]).toEqual(classified)
    expect([...gradient.data].map((y) => (y > 0.5 ? 1 : 0))).toEqual(classified)
  })
})

describe('spenLearner', () => {
  it.each(['ssvm', 'end-to-end'] as const)('moves every part of a phase (%s)', async (learning) => {
    const learner = spenLearner(small({ learning, dropoutHidden: 0 }), sizesOf(few))
    const start = learner.init(fewTrain, random(1))
    for (const phase of learner.phases) {
      const { state } = await fit({ ...learner, init: () => start, phases: [phase] }, fewTrain)
      const moving = (phase.turns[0] as { readonly moves: readonly string[] }).moves
      for (const part of ['features', 'output', 'label'] as const)
        expect([phase.name, part, isDeepStrictEqual(state[part], start[part])]).toEqual([
          phase.name,
          part,
          !moving.includes(part),
        ])
    }
  })

  it('lowers the loss end to end', async () => {
    const settings = small({ learning: 'end-to-end', energyEpochs: 6, energyRate: 0.01 })
    const { history } = await fit(spenLearner(settings, sizesOf(few)), fewTrain, { seed: 1 })
    const losses = history
      .filter(({ phase, epoch }) => phase === 'energy' && epoch > 0)
      .map(({ train }) => train['loss'] ?? NaN)
    expect(losses).toHaveLength(6)
    expect(losses.at(-1)).toBeLessThan((losses[0] ?? NaN) * 0.9)
  })

  it('gains by an energy of pairs where labels depend on each other', async () => {
    const { train: all } = syntheticMultilabel({ seed: 1, examples: 600, testExamples: 1 })
    const [train, dev] = split(all, 0.2, random(1))
    const scoreOf = async (labelEnergy: 'pairwise' | 'none'): Promise<number> => {
      const settings = spenSettings({
        labelEnergy,
        hidden: [32],
        classifierEpochs: 15,
        energyRate: 0.01,
        jointRate: 0.001,
        inferenceSteps: 20,
        inferenceRate: 0.1,
        dropoutInput: 0,
        dropoutHidden: 0.2,
        energyEpochs: 8,
        jointEpochs: 2,
      })
      const { history } = await fit(spenLearner(settings, sizesOf(all)), train, { dev, seed: 1 })
      return history.findLast(({ best }) => best)?.dev?.score ?? NaN
    }
    const none = await scoreOf('none')
    const pairwise = await scoreOf('pairwise')
    expect(pairwise).toBeGreaterThan(none + 0.03)
  }, 120_000)

  it('goes on from a checkpoint exactly', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'deepstruct-'))
    try {
      const learner = spenLearner(small({ energyEpochs: 2, jointEpochs: 2 }), sizesOf(few))
      const options = { dev: fewDev, seed: 3, batchSize: 16 }
      const whole = await fit(learner, fewTrain, options)

      // Stops in the middle of an epoch of the energy phase; the last snapshot was taken two batches before its end.
      const file = join(folder, 'run.checkpoint')
      const stop = new AbortController()
      const cut = await fit(learner, fewTrain, {
        ...options,
        signal: stop.signal,
        checkpoint: fileCheckpoint<SpenParams<unknown>>(file, { everySteps: 2, settings: 'spen' }),
        onProgress: (progress) => {
          const { kind, phase, epoch } = progress
          if (kind === 'step' && phase === 'energy' && epoch === 2 && progress.step === 3)
            stop.abort()
        },
      })
      expect(cut.status).toBe('interrupted')

      const { settings, snapshot } = await loadCheckpoint<SpenParams<unknown>>(file)
      expect(settings).toBe('spen')
      expect([snapshot.phase, snapshot.epoch, snapshot.step]).toEqual([1, 1, 2])
      const resumed = await fit(learner, fewTrain, {
        ...options,
        resume: snapshot,
      })
      expect(resumed.state).toEqual(whole.state)
      const measured = (history: typeof whole.history): unknown =>
        history.map((record) => ({ ...record, seconds: 0 }))
      expect(measured(resumed.history)).toEqual(measured(whole.history))
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

describe('memory', () => {
  const arrays = async (): Promise<number> => (await currentEngine()).memory().arrays
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  /** MiB that an allocator may still take; the count of arrays is the sharper test, this one sees what is not an array. */
  const slack = 25
  const resident = (): number => {
    collect()
    return process.memoryUsage().rss / 2 ** 20
  }

  it('is flat over 1,000 predictions', async () => {
    const settings = small()
    const start = spenLearner(settings, sizesOf(few)).init(fewTrain, random(1))
    const trained = predictor({
      solve: spenFamily.solve(settings as never, sizesOf(few)),
      params: start,
    })
    const { x } = fewTrain.batch([0, 1, 2, 3])
    for (let i = 0; i < 300; i++) await trained.predict(x)
    const before = { arrays: await arrays(), resident: resident() }
    for (let i = 0; i < 1000; i++) await trained.predict(x)
    expect(await arrays()).toBe(before.arrays)
    expect(resident() - before.resident).toBeLessThan(slack)
  })

  it.each(['ssvm', 'end-to-end'] as const)(
    'is flat over 10 further epochs (%s)',
    async (learning) => {
      const train = (epochs: number): Promise<unknown> =>
        fit(
          spenLearner(small({ learning, energyEpochs: epochs, jointEpochs: epochs }), sizesOf(few)),
          fewTrain,
          { dev: fewDev },
        )
      await train(2)
      const before = { arrays: await arrays(), resident: resident() }
      await train(10)
      expect(await arrays()).toBe(before.arrays)
      expect(resident() - before.resident).toBeLessThan(slack)
    },
  )
})

describe('spenSettings', () => {
  it('are the defaults of the family', () => {
    const settings = spenSettings()
    expect(settings).toMatchObject({ labelEnergy: 'measurements', learning: 'ssvm' })
    expect(spenFamily.settings.parse({})).toEqual(settings)
  })

  it.each(['ssvm', 'end-to-end'] as const)(
    'say how many steps are taken (%s)',
    async (learning) => {
      const settings = small({ learning }) as never
      const params = spenLearner(settings, sizesOf(few)).init(fewTrain, random(1))
      const solve = spenFamily.solve(spenFamily.withSteps!(settings, 5), sizesOf(few))
      const stepsOf = jit((at: never, x: Tensor) => ({ steps: solve(at, x).steps }))
      const { steps } = await stepsOf(params as never, fewDev.batch([0, 1]).x)
      expect([...steps.data]).toEqual([5, 5])
    },
  )

  it.each([
    ['labelEnergy', { labelEnergy: 'triples' }],
    ['learning', { learning: 'luck' }],
    ['inferenceSteps', { inferenceSteps: 0 }],
    ['inferenceRate', { inferenceRate: -1 }],
    ['dropoutHidden', { dropoutHidden: 1 }],
    ['mesurements', { mesurements: 4 }],
  ])('refuse a wrong %s', (name, chosen) => {
    const complete = (): unknown => spenSettings(chosen as never)
    expect(complete).toThrow(DomainError)
    expect(complete).toThrow(name)
  })
})
