import {
  exhaustive,
  type PairwiseParams,
  pairwiseEnergy,
  projectedGradient,
  spen,
  type SpenParams,
} from '@deepstruct/inference'
import { mlp } from '@deepstruct/networks'
import {
  array,
  eagerEngine,
  type Host,
  jit,
  type NDArray,
  random,
  sum,
  type Tensor,
  useEngine,
  valueAndGrad,
} from '@deepstruct/tensor'
import { binaryStructures } from '@deepstruct/testing'
import { adam, type Labeled, type Player } from '@deepstruct/training'
import { beforeAll, describe, expect, it } from 'vitest'
import { ssvmPhase } from './ssvm-phase.ts'

beforeAll(async () => useEngine(await eagerEngine({ backend: 'cpu' })))

type Params = SpenParams<PairwiseParams>

const labels = 4
const rows = 6
const network = mlp({ inputs: 3, hidden: [5], outputs: labels, activation: 'tanh' })
const model = spen({ network, labelEnergy: pairwiseEnergy({ labels }) })
const draw = random(2)
const fresh = model.init(draw)
const params = {
  ...fresh,
  label: { pairs: draw.normals([labels, labels]), single: draw.normals([labels, 1]) },
} as Host<Params>
const x = draw.normals([rows, 3])
const y = array(
  Array.from({ length: rows }, (_, row) => binaryStructures(labels)[(5 * row + 3) % 16]!.slice()),
)

/** The player of a phase, and its losses with their gradient. */
function lossOf(rescaling: 'margin' | 'slack', weights = params): Promise<Measured> {
  const { turns } = ssvmPhase(model, {
    moves: ['features', 'output', 'label'],
    inference: exhaustive(),
    optimizer: adam(),
    epochs: 1,
    rescaling,
  })
  const player = turns[0] as Player<Params, Labeled>
  const run = jit((at: Params, batch: Labeled) => {
    const worst = player.prepare?.(at, batch, undefined)
    const { grad } = valueAndGrad((moved: Params) =>
      sum(player.loss(moved, batch, worst, undefined).rows),
    )(at)
    const { rows: losses, metrics } = player.loss(at, batch, worst, undefined)
    return { losses, grad, cost: metrics?.['cost'] as Tensor, worst: worst as Tensor }
  })
  return run(weights, { x, y })
}

interface Measured {
  readonly losses: NDArray
  readonly cost: NDArray
  readonly worst: NDArray
  readonly grad: Host<Params>
}

/** The energy of every label set of every row, and of the true one, on the host. */
async function enumerated(weights = params): Promise<readonly { all: number[]; true: number }[]> {
  const sets = binaryStructures(labels)
  const energies = jit((at: Params, inputs: Tensor, points: readonly Tensor[]) => {
    const logits = model.encode(at, inputs)
    return points.map((point) => model.energy(at, logits, point))
  })
  const same = sets.map((set) => array(Array.from({ length: rows }, () => [...set])))
  const found = (await energies(weights, x, [...same, y])) as readonly NDArray[]
  return Array.from({ length: rows }, (_, row) => {
    const all = found.map(({ data }) => data[row] ?? NaN)
    return { all: all.slice(0, -1), true: all.at(-1) ?? NaN }
  })
}

const wrong = (row: number, set: readonly number[]): number =>
  set.reduce((count, on, label) => count + Math.abs(on - (y.data[row * labels + label] ?? NaN)), 0)

describe('ssvmPhase', () => {
  it('has the structured hinge of the most violated label set as its loss', async () => {
    const { losses, cost, worst } = await lossOf('margin')
    const energies = await enumerated()
    const sets = binaryStructures(labels)
    for (let row = 0; row < rows; row++) {
      const { all, true: own } = energies[row]!
      const violations = sets.map((set, i) => wrong(row, set) - all[i]! + own)
      expect(losses.data[row]).toBeCloseTo(Math.max(...violations), 4)
      const found = Array.from(worst.data.subarray(row * labels, (row + 1) * labels))
      expect(found).toEqual(sets[violations.indexOf(Math.max(...violations))])
      expect(cost.data[row]).toBeCloseTo(wrong(row, found), 5)
    }
  })

  it('scales the violation by the cost with slack rescaling', async () => {
    const { losses, cost, worst } = await lossOf('slack')
    const energies = await enumerated()
    const sets = binaryStructures(labels)
    for (let row = 0; row < rows; row++) {
      const { all, true: own } = energies[row]!
      const found = String(worst.data.slice(row * labels, (row + 1) * labels))
      const energy = all[sets.findIndex((set) => String(set) === found)]!
      const violation = Math.max(0, 1 - energy + own)
      expect(losses.data[row]).toBeCloseTo((cost.data[row] ?? NaN) * violation, 4)
    }
  })

  it('takes no gradient from rows that satisfy the margin', async () => {
    // An energy that ignores x and lies far below all others at one label set, the true one of the first row.
    const target = Array.from(y.data.subarray(0, labels))
    const silent = {
      features: params.features.map(({ kernel, bias }) => ({
        kernel: scaled(kernel, 0),
        ...(bias === undefined ? {} : { bias: scaled(bias, 0) }),
      })),
      output: {
        kernel: scaled(params.output.kernel, 0),
        bias: array(target.map((on) => (on ? 9 : -9))),
      },
      label: { pairs: scaled(params.label.pairs, 0), single: scaled(params.label.single, 0) },
    } as unknown as Host<Params>
    const { losses, grad } = await lossOf('margin', silent)
    for (let row = 0; row < rows; row++) {
      const own = wrong(row, target) === 0
      expect((losses.data[row] ?? NaN) === 0).toBe(own)
    }
    expect([...losses.data].some((loss) => loss === 0)).toBe(true)

    // The gradient of the whole batch is that of the violating rows: the output bias counts, label by label, what they want.
    const bias = (grad.output as { readonly bias: NDArray }).bias
    const wanted = target.map((on, label) => {
      let total = 0
      for (let row = 0; row < rows; row++)
        if (wrong(row, target) > 0) total += on - (y.data[row * labels + label] ?? NaN)
      return total
    })
    expect([...bias.data]).toEqual(wanted)
  })

  it('measures with the search of test time', async () => {
    const search = projectedGradient({ steps: 1, stepSize: 0.1 })
    const shared = { moves: ['label'], optimizer: adam(), epochs: 1 } as const
    const exact = ssvmPhase(model, { ...shared, inference: exhaustive() })
    const both = ssvmPhase(model, { ...shared, inference: exhaustive(), testInference: search })
    const rough = ssvmPhase(model, { ...shared, inference: search })
    const data = { size: rows, batch: () => ({ x, y }) }
    const measured = async (phase: typeof exact): Promise<unknown> =>
      phase.evaluate?.(params as never, data)
    expect(await measured(both)).toEqual(await measured(rough))
    expect(await measured(both)).not.toEqual(await measured(exact))
  })
})

function scaled({ shape, dtype, data }: NDArray, by: number): NDArray {
  return { shape, dtype, data: Float32Array.from(data, (value) => value * by) }
}
