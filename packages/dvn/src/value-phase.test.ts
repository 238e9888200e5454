import { projectedGradient } from '@deepstruct/inference'
import { mlp } from '@deepstruct/networks'
import { checkGradient } from '@deepstruct/testing'
import {
  array,
  constant,
  DomainError,
  drawNoise,
  eagerEngine,
  fill,
  type Host,
  jit,
  mul,
  type NDArray,
  random,
  sum,
  type Tensor,
  useEngine,
} from '@deepstruct/tensor'
import { type Dataset, type Labeled, type Phase, type Player, sgd } from '@deepstruct/training'
import { beforeAll, describe, expect, it } from 'vitest'
import { labelValueNetwork, type LabelValueParams } from './label-value-network.ts'
import { misdirection } from './misdirection.ts'
import { f1Value, type OracleValue } from './oracle-values.ts'
import { inferenceSampler } from './sampler/inference-sampler.ts'
import type { Sampler } from './sampler/sampler.ts'
import { truthSampler } from './sampler/truth-sampler.ts'
import { valuePhase, type ValuePhaseOptions } from './value-phase.ts'

beforeAll(async () => useEngine(await eagerEngine({ backend: 'cpu' })))

const [inputs, labels, size] = [2, 3, 5]
const network = labelValueNetwork({
  network: mlp({ inputs, hidden: [4], outputs: labels, activation: 'tanh' }),
  measurements: 2,
})
const draw = random(3)
const params = network.init(draw)
const x = draw.normals([size, inputs])
const y = draw.bernoullis([size, labels], 0.5)
const take = (from: NDArray, rows: ArrayLike<number>): NDArray => {
  const width = from.shape[1]!
  return {
    ...from,
    shape: [rows.length, width],
    data: Float32Array.from(
      Array.from(rows).flatMap((row) => [...from.data.subarray(row * width, (row + 1) * width)]),
    ),
  }
}
const data: Dataset<Host<Labeled>> = {
  size,
  batch: (rows) => ({ x: take(x, rows), y: take(y, rows) }),
}

const inference = projectedGradient({ steps: 3, stepSize: 0.5 })
/** Outputs that say who made them. */
const constantSampler = (value: number): Sampler => ({
  sample: ({ truth }) => fill(truth.shape, value),
})

function phaseOf(
  chosen: Partial<ValuePhaseOptions<LabelValueParams>>,
): Phase<LabelValueParams, Labeled> {
  return valuePhase(network, {
    moves: ['features', 'output', 'global'],
    optimizer: sgd({ rate: 0.1 }),
    epochs: 1,
    oracle: f1Value,
    samples: [{ sampler: truthSampler(), rows: 1 }],
    ...chosen,
  })
}

const playerOf = (phase: Phase<LabelValueParams, Labeled>): Player<LabelValueParams, Labeled> =>
  phase.turns[0] as Player<LabelValueParams, Labeled>

/** What is sampled, and the losses, for these rows. */
async function played(
  phase: Phase<LabelValueParams, Labeled>,
  rows: readonly number[],
): Promise<{ readonly sampled: NDArray; readonly rows: NDArray; readonly oracle: NDArray }> {
  const player = playerOf(phase)
  const batch = phase.batch!(data, rows, random(1))
  return jit((p: LabelValueParams, b: Labeled) => {
    const noise = { samplers: [{}, {}] }
    const sampled = player.prepare!(p, b, noise) as Tensor
    const { rows: losses, metrics } = player.loss(p, b, sampled, noise)
    return { sampled, rows: losses, oracle: metrics!['oracle']! }
  })(params, batch)
}

describe('valuePhase', () => {
  it('makes each kind of sample for its share of the rows', async () => {
    const samples = [
      { sampler: constantSampler(0.25), rows: 1 },
      { sampler: constantSampler(0.75), rows: 2 },
    ]
    const { sampled } = await played(phaseOf({ samples }), [0, 1, 2, 3, 4])
    // Five rows fill two groups of three when one of them is taken again.
    const makers = Array.from({ length: 6 }, (_, row) => sampled.data[row * labels])
    expect(makers).toEqual([0.25, 0.75, 0.75, 0.25, 0.75, 0.75])
  })

  it('has one batch axis for examples, samples and noise', () => {
    const samples = [
      { sampler: inferenceSampler({ inference, start: 'mixed', stopAnywhere: true }), rows: 1 },
      { sampler: truthSampler({ corruption: 0.5 }), rows: 2 },
    ]
    const phase = phaseOf({
      samples,
      copies: 3,
      noise: (at) => ({ kind: 'dropout', shape: [at.shape[0]!, 7], rate: 0.5 }),
    })
    const batch = phase.batch!(data, [0, 1, 2, 3, 4], random(1))
    expect(batch.x.shape).toEqual([5, 3, inputs])
    expect(batch.y.shape).toEqual([5, 3, labels])
    expect(playerOf(phase).noise!(batch)).toMatchObject({
      network: { shape: [5, 3, 7] },
      samplers: [
        { start: { shape: [5, 1] }, stop: { shape: [5, 1] } },
        {
          share: { shape: [5, 2] },
          place: { shape: [5, 2, labels] },
          value: { shape: [5, 2, labels] },
        },
      ],
    })
  })

  it('asks nothing of a true output whose value is 1 but more value', async () => {
    const { sampled, rows, oracle } = await played(phaseOf({}), [0, 1, 2])
    expect([...sampled.data]).toEqual([...take(y, [0, 1, 2]).data])
    expect([...oracle.data]).toEqual([1, 1, 1])
    const { energy } = await jit((p: LabelValueParams, at: Labeled) => ({
      energy: network.energy(p, network.encode(p, at.x), at.y),
    }))(params, data.batch([0, 1, 2]))
    for (const [row, loss] of rows.data.entries())
      expect(loss).toBeCloseTo(-Math.log(-energy.data[row]!), 4)
  })

  it('treats each group by itself', async () => {
    const samples = [
      { sampler: inferenceSampler({ inference }), rows: 1 },
      { sampler: truthSampler(), rows: 1 },
    ]
    const phase = phaseOf({ samples, loss: 'squaredError' })
    const whole = await played(phase, [0, 1, 2, 3])
    const half = await played(phase, [2, 3])
    expect(half.rows.data[0]).toBeCloseTo(whole.rows.data[1]!, 6)
    for (const [i, value] of half.sampled.data.entries())
      expect(value).toBeCloseTo(whole.sampled.data[2 * labels + i]!, 6)
  })

  it.each([
    ['crossEntropy', 0],
    ['squaredError', 0],
    ['crossEntropy', 0.5],
  ] as const)(
    'has the gradient of the loss at fixed samples (%s, directions count %d)',
    async (loss, direction) => {
      const samples = [{ sampler: inferenceSampler({ inference }), rows: 1 }]
      const player = playerOf(phaseOf({ samples, loss, direction }))
      const batch = phaseOf({ samples }).batch!(data, [0, 1, 2], random(1))
      const sampled = draw.uniforms([3, labels], 0.1, 0.9)
      const { features, output, inputs: statistics, global } = params
      await checkGradient(
        (kernel, measure) => {
          const state = {
            features: features.map((layer) => ({
              kernel: constant(layer.kernel),
              bias: constant(layer.bias!),
            })),
            output: { kernel: kernel, bias: constant(output.bias!) },
            inputs: { mean: constant(statistics.mean), scale: constant(statistics.scale) },
            global: [{ kernel: measure }, { kernel: constant(global[1]!.kernel) }],
          }
          const given = { x: constant(batch.x), y: constant(batch.y) }
          return player.loss(state, given, constant(sampled), { samplers: [{}] }).rows
        },
        [output.kernel, global[0]!.kernel],
      )
    },
  )

  it('adds how far the way up turns from that of the oracle', async () => {
    const samples = [{ sampler: constantSampler(0.25), rows: 1 }]
    const plain = await played(phaseOf({ samples }), [0, 1, 2])
    const turned = await played(phaseOf({ samples, direction: 0.5 }), [0, 1, 2])
    const { rows } = await jit((p: LabelValueParams, at: Labeled) => {
      const features = network.encode(p, at.x)
      return {
        rows: misdirection(
          (outputs) => network.score(p, features, outputs),
          (outputs) => f1Value(at.y, outputs),
          fill(at.y.shape, 0.25),
        ),
      }
    })(params, data.batch([0, 1, 2]))
    for (const [row, value] of rows.data.entries())
      expect(turned.rows.data[row]! - plain.rows.data[row]!).toBeCloseTo(0.5 * value, 5)
  })

  it('may change the parameters on entry', () => {
    const enter = (at: Host<LabelValueParams>): Host<LabelValueParams> => ({ ...at, global: [] })
    expect(phaseOf({ enter }).enter!(params, random(1))).toEqual({ ...params, global: [] })
    expect(phaseOf({}).enter).toBeUndefined()
  })

  it('drops units in the loss and not while samples are made', async () => {
    const dropping = mlp({ inputs, hidden: [50], outputs: labels, dropout: { hidden: 0.5 } })
    const model = labelValueNetwork({ network: dropping })
    const state = model.init(random(5))
    const phase = valuePhase(model, {
      moves: ['output'],
      optimizer: sgd({ rate: 0.1 }),
      epochs: 1,
      oracle: f1Value,
      samples: [{ sampler: inferenceSampler({ inference }), rows: 1 }],
      noise: (at) => dropping.noise?.(at),
    })
    const player = playerOf(phase)
    const batch = phase.batch!(data, [0, 1, 2], random(1))
    const specs = player.noise!(batch) as { network: { hidden: [never] } }
    const run = async (seed: number): Promise<{ sampled: NDArray; rows: NDArray }> => {
      const noise = {
        network: { hidden: [drawNoise(specs.network.hidden[0], random(seed))] },
        samplers: [{}],
      }
      return jit((p: LabelValueParams, b: Labeled, n: unknown) => {
        const sampled = player.prepare!(p, b, n) as Tensor
        return { sampled, rows: player.loss(p, b, sampled, n).rows }
      })(state, batch, noise)
    }
    const [one, two] = [await run(1), await run(2)]
    expect(one.sampled).toEqual(two.sampled)
    expect(one.rows).not.toEqual(two.rows)
  })

  it('refuses an oracle that leaves [0, 1]', async () => {
    const oracle: OracleValue = (_, at) => mul(2, sum(at, 1))
    const run = played(phaseOf({ oracle, loss: 'squaredError' }), [0, 1, 2, 3, 4])
    await expect(run).rejects.toThrow(DomainError)
    await expect(run).rejects.toThrow('oracle')
  })

  it.each([
    [[]],
    [[{ sampler: truthSampler(), rows: 0 }]],
    [[{ sampler: truthSampler(), rows: 1.5 }]],
  ])('refuses the shares %j', (samples) => {
    expect(() => phaseOf({ samples })).toThrow(DomainError)
  })

  it('takes true labels as they are', async () => {
    const phase = phaseOf({ samples: [{ sampler: constantSampler(0), rows: 1 }] })
    const { oracle } = await played(phase, [0, 1])
    const empty = array([0, 0])
    expect(oracle.shape).toEqual(empty.shape)
    for (const [row, value] of oracle.data.entries())
      expect(value).toBe(take(y, [row]).data.some((on) => on === 1) ? 0 : 1)
  })
})
