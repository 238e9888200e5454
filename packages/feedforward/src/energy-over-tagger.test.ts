import { enumeration, viterbi } from '@deepstruct/inference'
import { eagerEngine, jit, ndarray, random, type Tensor, useEngine } from '@deepstruct/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import { energyOverTagger, type TagEnergyParams } from './energy-over-tagger.ts'
import { taggerSettings } from './tagger-family.ts'

beforeAll(async () => useEngine(await eagerEngine({ backend: 'cpu' })))

const sizes = { columns: [9, 4], tags: 3 }
// Three sentences of 4, 2 and 1 tokens.
const ids = [
  [2, 2, 5, 3, 8, 1, 2, 2],
  [3, 1, 7, 2, 0, 0, 0, 0],
  [4, 3, 0, 0, 0, 0, 0, 0],
]
const x = ndarray(ids.flat(), [3, 4, 2], 'int32')
const lengths = [4, 2, 1]

describe.each(['pairs', 'none'] as const)('the energy over a tagger, %s', (tagEnergy) => {
  const model = energyOverTagger(
    { ...taggerSettings({ wordWidth: 5, columnWidth: 3, units: 4 }), tagEnergy },
    sizes,
  )
  const fresh = model.init(random(1))
  const params =
    tagEnergy === 'none' ? fresh : { ...fresh, label: { pairs: random(2).normals([3, 3]) } }
  const energyOf = jit((state: TagEnergyParams, inputs: Tensor, y: Tensor) =>
    model.energy(state, model.encode(state, inputs), y),
  )
  const potentialsOf = jit((state: TagEnergyParams, inputs: Tensor) =>
    model.potentials!(state, model.encode(state, inputs)),
  )

  it('has its exact minimum by Viterbi: that of enumeration, with the energy that the model gives', async () => {
    const potentials = await potentialsOf(params, x)
    const best = await viterbi(potentials)
    const all = await enumeration()(potentials)
    expect(best.y).toEqual(all.y)
    const energy = await energyOf(params, x, best.y)
    for (const [i, value] of Array.from(energy.data).entries()) {
      expect(value).toBeCloseTo(best.energy.data[i]!, 4)
      expect(value).toBeCloseTo(all.energy.data[i]!, 4)
    }
  })

  it('means the same for a sentence alone as for one that is padded among others', async () => {
    const y = random(3).uniforms([3, 4, 3])
    const whole = await energyOf(params, x, y)
    for (const [row, length] of lengths.entries()) {
      const alone = await energyOf(
        params,
        ndarray(ids[row]!.slice(0, 2 * length), [1, length, 2], 'int32'),
        ndarray(y.data.slice(row * 12, row * 12 + 3 * length), [1, length, 3]),
      )
      expect(alone.data[0]).toBeCloseTo(whole.data[row]!, 4)
    }
  })
})
