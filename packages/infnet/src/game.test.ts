import {
  pairwiseEnergy,
  type PairwiseParams,
  projectedGradient,
  spen,
  type SpenParams,
} from '@deepstruct/inference'
import { squared } from '@deepstruct/losses'
import { mlp, type MlpParams } from '@deepstruct/networks'
import {
  array,
  constant,
  currentEngine,
  eagerEngine,
  flatten,
  type Host,
  isNDArray,
  jit,
  type NDArray,
  random,
  takeRows,
  type Tensor,
  useEngine,
} from '@deepstruct/tensor'
import { binaryStructures, checkGradient } from '@deepstruct/testing'
import { adam, fit, type Labeled, type Phase, type Player } from '@deepstruct/training'
import { isDeepStrictEqual } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { compoundPhase } from './compound-phase.ts'
import { type InferenceNetwork, inferenceNetwork, secondOutput } from './inference-network.ts'
import { minimaxPhase } from './minimax-phase.ts'
import { networkSolver } from './network-solver.ts'
import { tuningPhase } from './tuning-phase.ts'

beforeAll(async () => useEngine(await eagerEngine({ backend: 'cpu' })))

const [inputs, labels, rows] = [2, 3, 6]
const layers = { inputs, hidden: [3], outputs: labels, activation: 'tanh' } as const
const model = spen({ network: mlp(layers), labelEnergy: pairwiseEnergy({ labels }) })
const network = mlp({ ...layers, outputActivation: 'sigmoid' })
type State = SpenParams<PairwiseParams> & {
  readonly augmented: MlpParams
  readonly inference: MlpParams
  readonly pretrained: MlpParams
}

const augmented: InferenceNetwork<State> = inferenceNetwork(network, 'augmented', 'pretrained')
const inference: InferenceNetwork<State> = inferenceNetwork(network, 'inference', 'pretrained')

const draw = random(5)
const start: Host<State> = {
  ...model.init(draw),
  label: { pairs: draw.normals([labels, labels]), single: draw.normals([labels, 1]) },
  augmented: network.init(draw),
  inference: network.init(draw),
  pretrained: network.init(draw),
}
const x = draw.normals([rows, inputs])
const y = array(Array.from({ length: rows }, (_, row) => [...binaryStructures(labels)[row + 1]!]))
const batch = { x, y }
const data = {
  size: rows,
  batch: (which: ArrayLike<number>) => ({ x: pick(x, which), y: pick(y, which) }),
}

function pick({ data: values, shape }: NDArray, which: ArrayLike<number>): NDArray {
  const width = shape[1]!
  return array(Array.from(which, (row) => [...values.subarray(row * width, (row + 1) * width)]))
}

const moves = ['output', 'label'] as const
const options = {
  epochs: 1,
  energy: { moves, optimizer: adam({ rate: 0.01 }) },
  networks: { optimizer: adam({ rate: 0.01 }) },
}

type Players = readonly [network: Player<State, Labeled>, energy: Player<State, Labeled>]
const playersOf = ({ turns }: Phase<State, Labeled>): Players => turns as unknown as Players

/** The losses of a player's rows. */
const lossesOf = async (
  player: Player<State, Labeled>,
  examples: Host<Labeled> = batch,
  state = start,
): Promise<number[]> => {
  const found = await jit((at: State, b: Labeled) => ({
    rows: player.loss(at, b, undefined, undefined).rows,
  }))(state, examples)
  return [...found.rows.data]
}

/** Compares the gradient of a player's losses in what it moves with differences. */
const checkPlayer = async (player: Player<State, Labeled>): Promise<void> => {
  const moving = Object.fromEntries(player.moves.map((key) => [key, start[key]]))
  const refuse = (path: string): never => {
    throw new Error(`${path} is no array`)
  }
  const { leaves, rebuild } = flatten(moving, isNDArray, refuse)
  const still = flatten(start, isNDArray, refuse)
  await checkGradient(
    (...at) => {
      const rest = still.rebuild(still.leaves.map(constant)) as unknown as State
      const state = { ...rest, ...(rebuild(at) as object) }
      return player.loss(state, { x: constant(x), y: constant(y) }, undefined, undefined).rows
    },
    leaves,
    { step: 0.004 },
  )
}

/** Energies of the truth and of both networks, and the costs of these. */
const measured = await (async () => {
  useEngine(await eagerEngine({ backend: 'cpu' }))
  const run = jit((state: State, b: Labeled) => {
    const features = model.encode(state, b.x)
    const energy = (point: Tensor): Tensor => model.energy(state, features, point)
    const [worst, best] = [augmented.answer(state, b.x), inference.answer(state, b.x)]
    return {
      truth: energy(b.y),
      worst: energy(worst),
      best: energy(best),
      cost: squared(b.y, worst),
    }
  })
  const { truth, worst, best, cost } = await run(start, batch)
  return Array.from({ length: rows }, (_, row) => ({
    truth: truth.data[row]!,
    worst: worst.data[row]!,
    best: best.data[row]!,
    cost: cost.data[row]!,
  }))
})()

const close = (found: readonly number[], wanted: readonly number[]): void => {
  expect(found).toHaveLength(wanted.length)
  for (const [row, value] of wanted.entries()) expect(found[row]).toBeCloseTo(value, 4)
}

describe('minimaxPhase', () => {
  const margin = measured.map(({ cost, worst, truth }) => cost - worst + truth)

  it('is played for the hinge: the network has its negative, the energy itself', async () => {
    expect(margin.some((v) => v > 0)).toBe(true)
    expect(margin.some((v) => v < 0)).toBe(true)
    const [up, down] = playersOf(minimaxPhase(model, augmented, options))
    close(
      await lossesOf(up),
      margin.map((v) => -Math.max(0, v)),
    )
    close(
      await lossesOf(down),
      margin.map((v) => Math.max(0, v)),
    )
    const [free] = playersOf(
      minimaxPhase(model, augmented, { ...options, objective: 'untruncated' }),
    )
    close(
      await lossesOf(free),
      margin.map((v) => -v),
    )
    const [printed] = playersOf(
      minimaxPhase(model, augmented, { ...options, objective: 'printed' }),
    )
    close(
      await lossesOf(printed),
      margin.map((v) => Math.max(0, -v)),
    )
  })

  it.each(['margin', 'slack', 'contrastive', 'perceptron'] as const)(
    'has the gradients of both players in the form %s',
    async (form) => {
      const phase = minimaxPhase(model, augmented, { ...options, form })
      for (const player of playersOf(phase)) await checkPlayer(player)
    },
  )

  it('moves only what is each player’s own', async () => {
    const phase = minimaxPhase(model, augmented, options)
    const own = [['augmented'], ['output', 'label']]
    for (const [i, turn] of phase.turns.entries()) {
      const learner = { family: 'test', init: () => start, phases: [{ ...phase, turns: [turn] }] }
      const { state } = await fit(learner, data)
      for (const part of Object.keys(start) as (keyof State)[])
        expect([part, isDeepStrictEqual(state[part], start[part])]).toEqual([
          part,
          !own[i]!.includes(part),
        ])
    }
  })

  it('raises the violation by the step of the network, and lowers it by that of the energy', async () => {
    const phase = minimaxPhase(model, augmented, options)
    const [, down] = playersOf(phase)
    const total = async (state: Host<State>): Promise<number> =>
      (await lossesOf(down, batch, state)).reduce((sum, loss) => sum + loss, 0)
    const after = async (turn: Phase<State, Labeled>['turns'][number]): Promise<number> => {
      const learner = { family: 'test', init: () => start, phases: [{ ...phase, turns: [turn] }] }
      return total((await fit(learner, data)).state)
    }
    const before = await total(start)
    expect(await after(phase.turns[0]!)).toBeGreaterThan(before)
    expect(await after(phase.turns[1]!)).toBeLessThan(before)
  })

  it('has losses of rows that do not know of each other', async () => {
    for (const player of playersOf(minimaxPhase(model, augmented, options)))
      close(await lossesOf(player, takeRows(batch, 2, 5)), (await lossesOf(player)).slice(2, 5))
  })

  it('takes several steps of the network for one of the energy', () => {
    const networks = { ...options.networks, steps: 3, clipNorm: 2 }
    const [up, down] = playersOf(minimaxPhase(model, augmented, { ...options, networks }))
    expect([up.times, up.clipNorm, down.times]).toEqual([3, 2, undefined])
  })

  it('drops units of the network, and of nothing else, on request', async () => {
    const dropping: InferenceNetwork<State> = inferenceNetwork(
      mlp({ ...layers, outputActivation: 'sigmoid', dropout: { hidden: 0.5 } }),
      'augmented',
    )
    const networks = { ...options.networks, dropout: true }
    const [up, down] = playersOf(minimaxPhase(model, dropping, { ...options, networks }))
    expect(down.noise).toBeUndefined()
    const masks = { 0: { hidden: [array([[2, 0, 2]])] } }
    expect(up.noise?.(takeRows(batch, 0, 1))).toMatchObject({
      0: { hidden: [{ kind: 'dropout', shape: [1, 3] }] },
    })
    const run = jit((state: State, b: Labeled, noise: unknown) => ({
      rows: up.loss(state, b, undefined, noise).rows,
    }))
    const one = takeRows(batch, 2, 3)
    expect(await run(start, one, masks as never)).not.toEqual(await run(start, one, {}))
  })
})

describe('compoundPhase', () => {
  const whole = { ...options, inferenceWeight: 0.5 }

  it('adds the hinge of cost-augmented inference and that of inference', async () => {
    const [up, down] = playersOf(compoundPhase(model, { augmented, inference }, whole))
    const terms = measured.map(({ cost, worst, best, truth }) => [
      cost - worst + truth,
      truth - best,
    ])
    close(
      await lossesOf(down),
      terms.map(([a, b]) => Math.max(0, a!) + 0.5 * Math.max(0, b!)),
    )
    close(
      await lossesOf(up),
      terms.map(([a, b]) => -a! - 0.5 * b!),
    )
    expect(up.moves).toEqual(['augmented', 'inference'])
  })

  it('has the gradients of both players, with one trunk too', async () => {
    for (const player of playersOf(compoundPhase(model, { augmented, inference }, whole)))
      await checkPlayer(player)
  })

  it('shares a trunk: with the same output layer both answer alike, and the features move once', async () => {
    type Shared = Omit<State, 'augmented'> & { readonly augmented: MlpParams['output'] }
    const second = secondOutput(network, 'inference', 'augmented', 'pretrained')
    const state = { ...start, augmented: start.inference.output } as Host<Shared>
    const both = await jit((at: Shared, b: Labeled) => ({
      one: inference.answer(at as never, b.x),
      other: second.answer(at, b.x),
    }))(state, batch)
    expect(both.other).toEqual(both.one)
    const pair = { augmented: second, inference: inference as never }
    const phase = compoundPhase<Shared, Tensor>(model, pair, whole)
    expect((phase.turns[0] as Player<Shared, Labeled>).moves).toEqual(['inference', 'augmented'])
  })
})

describe('tuningPhase', () => {
  const phase = tuningPhase(model, inference, { optimizer: adam({ rate: 0.02 }), epochs: 20 })

  it('lowers the energy of the outputs, and moves the network alone', async () => {
    const learner = { family: 'test', init: () => start, phases: [phase] }
    const { state, history } = await fit(learner, data)
    const energies = history.map(({ train }) => train['energy']!)
    expect(energies.at(-1)).toBeLessThan(energies[0]! - 0.5)
    for (const part of Object.keys(start) as (keyof State)[])
      expect([part, isDeepStrictEqual(state[part], start[part])]).toEqual([
        part,
        part !== 'inference',
      ])
  })

  it('has the gradient of the energy through the network', () =>
    checkPlayer(phase.turns[0] as Player<State, Labeled>))
})

describe('networkSolver', () => {
  const solution = (state: Host<State>, steps?: number) => {
    const refine = steps === undefined ? undefined : projectedGradient({ steps, stepSize: 0.05 })
    const solve = networkSolver(model, inference, refine)
    return jit((at: State, input: Tensor) => ({ ...solve(at, input) }))(state, x)
  }

  it('gives the answer with its energy, after no step', async () => {
    const { y: found, energy, steps, status } = await solution(start)
    const answer = await jit((at: State, input: Tensor) => inference.answer(at, input))(start, x)
    expect(found).toEqual(answer)
    close(
      [...energy.data],
      measured.map(({ best }) => best),
    )
    expect([...steps.data, ...status.data]).toEqual(Array.from({ length: 2 * rows }, () => 0))
  })

  it('goes on from there by a minimizer', async () => {
    const [cold, warm] = [await solution(start), await solution(start, 8)]
    for (const [row, energy] of warm.energy.data.entries())
      expect(energy).toBeLessThan(cold.energy.data[row]!)
    expect([...warm.steps.data]).toEqual(Array.from({ length: rows }, () => 8))
  })

  it('says which rows are no numbers', async () => {
    const single = array([[Number.NaN], [0], [0]])
    const broken = { ...start, label: { ...start.label, single } } as Host<State>
    const { status } = await solution(broken)
    expect([...status.data]).toEqual(Array.from({ length: rows }, () => 2))
  })
})

describe('divergence', () => {
  const learnerOf = (phase: Phase<State, Labeled>, init: Host<State>) => ({
    family: 'test',
    init: () => init,
    phases: [phase],
  })

  it('ends a game whose energies drift apart, with the last good state', async () => {
    const networks = { optimizer: adam({ rate: 0.01 }) }
    const energy = { moves, optimizer: adam({ rate: 5 }) }
    const wild = { ...options, networks, energy, form: 'perceptron', epochs: 50 } as const
    const before = (await currentEngine()).memory().arrays
    const bounded = minimaxPhase(model, augmented, { ...wild, energyBound: 30 })
    const { state, status, divergence, history } = await fit(learnerOf(bounded, start), data)
    expect(status).toBe('diverged')
    expect(divergence?.message).toContain('more than 30')
    const good = history.length
    expect(good).toBeGreaterThan(0)
    const same = minimaxPhase(model, augmented, { ...wild, epochs: good })
    expect(state).toEqual((await fit(learnerOf(same, start), data)).state)
    expect((await currentEngine()).memory().arrays).toBe(before)
  })

  it('ends a game with parameters that are no numbers', async () => {
    const kernel = array(Array.from({ length: 3 }, () => [Number.NaN, 0, 0]))
    const init = {
      ...start,
      augmented: { ...start.augmented, output: { kernel, bias: array([0, 0, 0]) } },
    }
    const stabilizers = { entropy: 1, crossEntropy: 1 }
    const networks = { ...options.networks, stabilizers }
    const phase = minimaxPhase(model, augmented, { ...options, networks })
    const { status } = await fit(learnerOf(phase, init as Host<State>), data)
    expect(status).toBe('diverged')
  })

  it('ends a game whose network gives all inputs the same output', async () => {
    const silent = Object.fromEntries(
      Object.entries(start.augmented.output).map(([key, values]) => [
        key,
        { ...values, data: new Float32Array(values.data.length) },
      ]),
    )
    const init = { ...start, augmented: { ...start.augmented, output: silent } } as Host<State>
    const still = { ...options, networks: { optimizer: adam({ rate: 1e-9 }) } }
    const phase = minimaxPhase(model, augmented, still)
    const collapsed = await fit(learnerOf(phase, init), data, { dev: data })
    expect(collapsed.status).toBe('diverged')
    expect(collapsed.divergence?.message).toContain('the same for 6 inputs')
    expect(collapsed.state).toEqual(init)
    const { status } = await fit(learnerOf(phase, start), data, { dev: data })
    expect(status).toBe('completed')
  })
})
