import {
  box,
  energySolver,
  type EnergyNetwork,
  exhaustive,
  logitGradient,
  type Minimizer,
  projectedGradient,
} from '@deepstruct/inference'
import { binaryStructures, checkGradient } from '@deepstruct/testing'
import {
  add,
  array,
  constant,
  dot,
  eagerEngine,
  jit,
  matMul,
  neg,
  random,
  sum,
  type Tensor,
  useEngine,
  valueAndGrad,
} from '@deepstruct/tensor'
import { adam, type Labeled, type Phase, type Player } from '@deepstruct/training'
import { beforeAll, describe, expect, it } from 'vitest'
import { endToEndPhase } from './end-to-end-phase.ts'
import { ssvmPhase } from './ssvm-phase.ts'

beforeAll(async () => useEngine(await eagerEngine({ backend: 'cpu' })))

type Params = { readonly local: Tensor; readonly pairs: Tensor }

const [inputs, labels, batch] = [2, 3, 6]

/** $-\langle x W, y \rangle + y^\top S y$, small enough to try every output. */
const model: EnergyNetwork<Params, Tensor, Tensor> = {
  init: (draw) => ({
    local: draw.normals([inputs, labels]),
    pairs: draw.normals([labels, labels]),
  }),
  encode: ({ local }, x) => matMul(x, local),
  energy: ({ pairs }, scores, y) => add(neg(dot(scores, y)), dot(matMul(y, pairs), y)),
  domain: () => box([labels]),
}

const draw = random(4)
const params = model.init(draw)
const x = draw.normals([batch, inputs])
const structures = binaryStructures(labels)
const truth = Array.from({ length: batch }, (_, row) => structures[row + 1] ?? [])
const y = array(truth)
const shared = { moves: ['local', 'pairs'], optimizer: adam(), epochs: 1 } as const

/** The one player of a phase. */
function playerOf(phase: Phase<Params, Labeled>): Player<Params, Labeled> {
  expect(phase.turns).toHaveLength(1)
  return phase.turns[0] as Player<Params, Labeled>
}

/** The losses of the rows, what comes before the loss included. */
const lossOf =
  (player: Player<Params, Labeled>) =>
  (state: Params, examples: Labeled): Tensor =>
    player.loss(state, examples, player.prepare?.(state, examples, undefined), undefined).rows

const ssvm = (inference: Minimizer): Player<Params, Labeled> =>
  playerOf(ssvmPhase(model, { ...shared, inference }))

describe('ssvmPhase', () => {
  it('has the gradient of the maximum', async () => {
    const loss = lossOf(ssvm(exhaustive()))
    const moved = ([local, pairs]: readonly Tensor[]): Params => ({
      local: local!,
      pairs: pairs!,
    })
    await checkGradient(
      (...at) => loss(moved(at), { x: constant(x), y: constant(y) }),
      [params.local, params.pairs],
      { step: 0.005 },
    )
  })

  it('takes the worst output as a constant', async () => {
    const player = ssvm(projectedGradient({ steps: 5 }))
    const inside = jit((state: Params, examples: Labeled) =>
      valueAndGrad((p: Params) => sum(lossOf(player)(p, examples)))(state),
    )
    const worst = await jit((state: Params, examples: Labeled) => ({
      worst: player.prepare?.(state, examples, undefined) as Tensor,
    }))(params, { x, y })
    const outside = jit((state: Params, examples: Labeled, prepared: Tensor) =>
      valueAndGrad((p: Params) => sum(player.loss(p, examples, prepared, undefined).rows))(state),
    )
    expect(await inside(params, { x, y })).toEqual(await outside(params, { x, y }, worst.worst))
  })
})

describe('endToEndPhase', () => {
  const inference = logitGradient({ steps: 4, stepSize: 0.7 })
  const player = playerOf(endToEndPhase(model, { ...shared, inference }))

  it('weighs the losses of the points on the way', async () => {
    const entropy = async (steps: number): Promise<number[]> => {
      const solve = energySolver(model, logitGradient({ steps, stepSize: 0.7 }))
      const found = await jit((p: Params, at: Tensor) => ({ y: solve(p, at).y }))(params, x)
      return truth.map((own, row) =>
        own.reduce((total, label, j) => {
          const p = found.y.data[row * labels + j] ?? NaN
          return total - Math.log(label === 1 ? p : 1 - p)
        }, 0),
      )
    }
    const losses = [await entropy(1), await entropy(2), await entropy(3), await entropy(4)]
    const weights = [1 / 4, 1 / 3, 1 / 2, 1]
    const rows = await jit(lossOf(player))(params, { x, y })
    for (const [row, found] of rows.data.entries()) {
      const total = weights.reduce((at, weight, t) => at + weight * (losses[t]?.[row] ?? NaN), 0)
      expect(found).toBeCloseTo(total / (25 / 12), 4)
    }
  })
})
