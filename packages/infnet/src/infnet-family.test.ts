import { split, syntheticMultilabel } from '@deepstruct/datasets'
import { familyContract } from '@deepstruct/family-contract'
import { mlpLearner } from '@deepstruct/feedforward'
import {
  currentEngine,
  DomainError,
  eagerEngine,
  type Host,
  jit,
  random,
  type Tensor,
  useEngine,
} from '@deepstruct/tensor'
import {
  evaluateMultilabel,
  fit,
  type Fitted,
  type Labeled,
  type Phase,
} from '@deepstruct/training'
import { isDeepStrictEqual } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  infnetFamily,
  infnetLearner,
  type InfnetSettings,
  infnetSettings,
  type InfnetState,
} from './infnet-family.ts'

beforeAll(async () => useEngine(await eagerEngine()))

const { train: few } = syntheticMultilabel({ seed: 2, examples: 96, testExamples: 1 })
const [fewTrain, fewDev] = split(few, 0.25, random(2))
const sizes = { inputs: few.featureNames.length, labels: few.labelNames.length }
const small = (chosen: Partial<InfnetSettings> = {}): InfnetSettings =>
  infnetSettings({
    hidden: [6],
    classifierEpochs: 2,
    gameEpochs: 2,
    tuningEpochs: 1,
    networkRate: 0.01,
    tuningRate: 0.01,
    patience: 100,
    ...chosen,
  })
const variants: readonly Partial<InfnetSettings>[] = [
  { learning: 'minimax' },
  { learning: 'minimax', hinge: 'slack', networkObjective: 'hinge', labelEnergy: 'pairwise' },
  { learning: 'compound', networkSteps: 2, networkDropout: true },
  { learning: 'compound', trunk: 'shared', entropy: 0.1, crossEntropy: 0.5, clipNorm: 1 },
]

for (const chosen of variants)
  familyContract(`infnet with ${JSON.stringify(chosen)}`, {
    family: infnetFamily,
    settings: { ...small(chosen) },
    sizes,
    train: fewTrain,
    dev: fewDev,
  })

describe('infnetLearner', () => {
  it.each(variants)('moves what each phase is to move: %o', async (chosen) => {
    const learner = infnetLearner(small(chosen), sizes)
    let before = learner.init(fewTrain, random(1))
    for (const phase of learner.phases) {
      const start = phase.enter?.(before, random(1)) ?? before
      const only: Phase<InfnetState, Labeled> = { ...phase, enter: (state) => state }
      const { state } = await fit({ ...learner, init: () => start, phases: [only] }, fewTrain)
      const moving = new Set(phase.turns.flatMap((turn) => ('moves' in turn ? turn.moves : [])))
      for (const part of Object.keys(start) as (keyof InfnetState)[])
        expect([phase.name, part, isDeepStrictEqual(state[part], start[part])]).toEqual([
          phase.name,
          part,
          !moving.has(part),
        ])
      before = state
    }
  })

  it('begins with the classifier that the same seed gives alone', async () => {
    const settings = small({ dropoutHidden: 0.2 })
    const { phases, ...learner } = infnetLearner(settings, sizes)
    const { state } = await fit({ ...learner, phases: phases.slice(0, 1) }, fewTrain, { seed: 4 })
    const alone = await fit(mlpLearner(settings, sizes), fewTrain, { seed: 4 })
    expect({ features: state.features, output: state.output }).toEqual(alone.state)
  })

  it('starts the networks at the classifier, and the tuning where the game has ended', async () => {
    const learner = infnetLearner(small(), sizes)
    const [classifier, minimax, tuning] = learner.phases
    const { state } = await fit({ ...learner, phases: [classifier!] }, fewTrain)
    const { features, output } = state
    const entered = minimax!.enter!(state, random(1))
    for (const part of ['augmented', 'inference', 'pretrained'] as const)
      expect(entered[part]).toEqual({ features, output })
    const played = await fit({ ...learner, init: () => state, phases: [minimax!] }, fewTrain)
    expect(tuning!.enter!(played.state, random(1)).inference).toEqual(played.state.augmented)
  })

  it('gains by an energy of pairs where labels depend on each other', async () => {
    const { train: all } = syntheticMultilabel({ seed: 1, examples: 600, testExamples: 1 })
    const [train, dev] = split(all, 0.2, random(1))
    const best = ({ history }: Pick<Fitted<unknown>, 'history'>): number =>
      history.findLast((record) => record.best)?.dev?.score ?? Number.NaN
    // The game finds the energy late, and one seed is one chance.
    const scoreOf = async (labelEnergy: 'pairwise' | 'none'): Promise<number> => {
      const settings = infnetSettings({
        labelEnergy,
        hidden: [32],
        dropoutInput: 0,
        dropoutHidden: 0.2,
        classifierEpochs: 15,
        energyRate: 0.01,
        networkRate: 0.004,
        pull: 0,
        gameEpochs: 60,
        patience: 60,
        tuningRate: 0.001,
      })
      const first = best(await fit(infnetLearner(settings, sizes), train, { dev, seed: 1 }))
      return (first + best(await fit(infnetLearner(settings, sizes), train, { dev, seed: 2 }))) / 2
    }
    expect(await scoreOf('pairwise')).toBeGreaterThan((await scoreOf('none')) + 0.03)
  }, 240_000)

  it('leaves nothing on the engine', async () => {
    const arrays = async (): Promise<number> => (await currentEngine()).memory().arrays
    const learner = infnetLearner(small({ networkDropout: true }), sizes)
    await fit(learner, fewTrain, { dev: fewDev })
    const before = await arrays()
    await fit(learner, fewTrain, { dev: fewDev })
    expect(await arrays()).toBe(before)
  })
})

describe('infnetFamily', () => {
  it.each([{}, { refineSteps: 4 }])('solves as training measured it: %o', async (chosen) => {
    const settings = small(chosen)
    const { state, history } = await fit(infnetLearner(settings, sizes), fewTrain, { dev: fewDev })
    const { score } = await evaluateMultilabel(infnetFamily.solve(settings, sizes))(
      state as never,
      fewDev,
    )
    expect(score).toBe(history.findLast(({ best }) => best)?.dev?.score)
  })

  it('takes no step, or as many as it is told to', async () => {
    const settings = small()
    const params = infnetLearner(settings, sizes).init(fewTrain, random(1))
    const stepsOf = async (with_: object): Promise<Host<Tensor>> => {
      const solve = infnetFamily.solve(with_ as never, sizes)
      const run = jit((p: never, x: Tensor) => ({ steps: solve(p, x).steps }))
      return (await run(params as never, fewDev.batch([0, 1]).x)).steps
    }
    expect([...(await stepsOf(settings)).data]).toEqual([0, 0])
    expect([...(await stepsOf(infnetFamily.withSteps!(settings, 3))).data]).toEqual([3, 3])
  })

  it.each([
    ['learning', { learning: 'luck' }],
    ['hinge', { hinge: 'softmax' }],
    ['networkSteps', { networkSteps: 0 }],
    ['pull', { pull: -1 }],
    ['entropi', { entropi: 1 }],
  ])('refuses a wrong %s', (name, chosen) => {
    const complete = (): unknown => infnetSettings(chosen as never)
    expect(complete).toThrow(DomainError)
    expect(complete).toThrow(name)
  })
})
