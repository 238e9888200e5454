import { energySolver } from '@deepstruct/inference'
import { fcn, standardizeChannels } from '@deepstruct/networks'
import {
  array,
  eagerEngine,
  gradOfRows,
  jit,
  random,
  squeeze,
  type Tensor,
  useEngine,
} from '@deepstruct/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import { localValueNetwork, type LocalValueParams } from './local-value-network.ts'
import { normalizedGradient } from './normalized-gradient.ts'
import { onLogits } from './value-network.ts'

beforeAll(async () => useEngine(await eagerEngine({ backend: 'cpu' })))

const [height, width] = [5, 4]
const segmenter = fcn({ inputs: 2, channels: [3, 4], kernelSize: 3 })
const network = localValueNetwork({ height, width, network: segmenter })
const draw = random(1)
const params = {
  ...network.init(draw),
  statistics: { mean: array([0.5, 0.4]), deviation: array([0.2, 0.3]) },
}
const x = draw.uniforms([2, height, width, 2])
const y = draw.uniforms([2, height, width])
const pixels = height * width

const parts = jit((p: LocalValueParams, images: Tensor, masks: Tensor) => {
  const features = network.encode(p, images)
  return {
    logits: squeeze(
      segmenter.apply(p.local.network, standardizeChannels(images, p.statistics)),
      [3],
    ),
    score: network.score(p, features, masks),
    slope: gradOfRows((at) => network.score(p, features, at))(masks),
    start: network.start!(p, features),
  }
})

describe('localValueNetwork', () => {
  it('adds pixels by themselves, each its logit', async () => {
    const { logits, score, slope, start } = await parts(params, x, y)
    for (const row of [0, 1]) {
      let total = 0
      for (let i = row * pixels; i < (row + 1) * pixels; i++) {
        total += logits.data[i]! * y.data[i]!
        expect(slope.data[i]).toBeCloseTo((5 * logits.data[i]!) / pixels, 6)
      }
      expect(score.data[row]).toBeCloseTo(-3 + (5 * total) / pixels, 5)
    }
    expect(start.shape).toEqual([2, height, width])
    expect(start.data.every((value) => value === 0)).toBe(true)
  })

  it('is climbed to the pixels with a positive logit', async () => {
    const { logits } = await parts(params, x, y)
    const solve = energySolver(onLogits(network), normalizedGradient({ steps: 3 }))
    const found = await jit((p: LocalValueParams, images: Tensor) => ({ y: solve(p, images).y }))(
      params,
      x,
    )
    for (const [i, logit] of logits.data.entries()) expect(found.y.data[i]! > 0).toBe(logit > 0)
  })
})
