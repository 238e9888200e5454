import { fcn } from '@deepstruct/networks'
import {
  drawNoise,
  eagerEngine,
  filled,
  type Host,
  jit,
  random,
  type Tensor,
  useEngine,
} from '@deepstruct/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import { localValueNetwork, type LocalValueParams } from './local-value-network.ts'
import { maskValueNetwork, type MaskValueParams } from './mask-value-network.ts'
import { sumOfValues } from './sum-of-values.ts'

beforeAll(async () => useEngine(await eagerEngine({ backend: 'cpu' })))

const [height, width] = [6, 6]
const segmenter = fcn({ inputs: 1, channels: [3, 4], kernelSize: 3, dropout: 0.5 })
const local = localValueNetwork({ height, width, network: segmenter })
const global = maskValueNetwork({
  height,
  width,
  inputs: 1,
  channels: [3, 4],
  units: [5],
  dropout: 0.5,
})
const network = sumOfValues(local, global)
type Params = LocalValueParams & MaskValueParams
const draw = random(3)
const params: Host<Params> = network.init(draw)
const x = draw.uniforms([2, height, width, 1])
const y = draw.uniforms([2, height, width])

const scores = jit((p: Params, images: Tensor, masks: Tensor, noise: object) => {
  const { first, second } = noise as { first?: { channels: Tensor }; second?: Tensor }
  return {
    sum: network.score(p, network.encode(p, images, noise), masks),
    local: local.score(p, local.encode(p, images, first), masks),
    global: global.score(p, global.encode(p, images, second), masks),
  }
})

describe('sumOfValues', () => {
  it('has the parameters of both, and the sum of their logits', async () => {
    expect(Object.keys(params).toSorted()).toEqual(['local', 'statistics', 'value'])
    const found = await scores(params, x, y, {})
    for (const row of [0, 1])
      expect(found.sum.data[row]).toBeCloseTo(found.local.data[row]! + found.global.data[row]!, 5)
  })

  it('hands each its dropout masks', async () => {
    const noise = {
      first: { channels: drawNoise(segmenter.noise(x)!.channels, draw) },
      second: drawNoise(global.noise(2)!, draw),
    }
    const found = await scores(params, x, y, noise)
    const plain = await scores(params, x, y, {})
    expect(found.local).not.toEqual(plain.local)
    expect(found.global).not.toEqual(plain.global)
    for (const row of [0, 1])
      expect(found.sum.data[row]).toBeCloseTo(found.local.data[row]! + found.global.data[row]!, 5)
  })

  it('starts where the first does', async () => {
    const { start } = await jit((p: Params, images: Tensor) => ({
      start: network.start!(p, network.encode(p, images)),
    }))(params, x)
    expect(start).toEqual(filled([2, height, width], 0))
  })
})
