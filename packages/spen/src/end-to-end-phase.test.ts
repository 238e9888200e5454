import {
  logitGradient,
  measurementEnergy,
  type MeasurementParams,
  spen,
  type SpenParams,
} from '@deepstruct/inference'
import { mlp } from '@deepstruct/networks'
import {
  array,
  constant,
  eagerEngine,
  flatten,
  isNDArray,
  random,
  useEngine,
} from '@deepstruct/tensor'
import { checkGradient } from '@deepstruct/testing'
import { adam, type Labeled, type Player } from '@deepstruct/training'
import { beforeAll, expect, it } from 'vitest'
import { endToEndPhase } from './end-to-end-phase.ts'

beforeAll(async () => useEngine(await eagerEngine({ backend: 'cpu' })))

type Params = SpenParams<MeasurementParams>

it('has the gradient of a whole SPEN through all steps of inference', async () => {
  const labels = 3
  const model = spen({
    network: mlp({ inputs: 2, hidden: [3], outputs: labels, activation: 'tanh' }),
    labelEnergy: measurementEnergy({ labels, measurements: 2 }),
  })
  const draw = random(3)
  const params = model.init(draw)
  const x = draw.normals([2, 2])
  const y = array([
    [1, 0, 1],
    [0, 1, 1],
  ])
  const { turns } = endToEndPhase(model, {
    moves: ['features', 'output', 'label'],
    inference: logitGradient({ steps: 4, stepSize: 1 }),
    optimizer: adam(),
    epochs: 1,
  })
  const player = turns[0] as Player<Params, Labeled>
  const { leaves, rebuild } = flatten(params, isNDArray, (path) => {
    throw new Error(`${path} is no array`)
  })
  expect(leaves).toHaveLength(6) // kernel and bias of both layers, and the two of the measurements
  await checkGradient((...moved) => {
    const batch = { x: constant(x), y: constant(y) }
    return player.loss(rebuild(moved) as unknown as Params, batch, undefined, undefined).rows
  }, leaves)
})
