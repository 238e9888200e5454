import { tagLanguageModelEnergy, type TagLanguageModelParams } from '@deepstruct/inference'
import { eagerEngine, jit, type NDArray, ndarray, type Tensor, useEngine } from '@deepstruct/tensor'
import { fit } from '@deepstruct/training'
import { beforeAll, expect, it } from 'vitest'
import { tagEnergyPhase } from './tag-energy-phase.ts'

beforeAll(async () => useEngine(await eagerEngine()))

/** Sentences whose tags alternate, of 4 tokens or 2. */
const rows = Array.from({ length: 12 }, (_, row) => ({ first: row % 2, tokens: row < 8 ? 4 : 2 }))
const data = (chosen: ArrayLike<number>): { x: NDArray; y: NDArray } => {
  const x = new Int32Array(chosen.length * 4)
  const y = new Float32Array(chosen.length * 8)
  for (const [i, row] of Array.from(chosen).entries())
    for (let t = 0; t < rows[row]!.tokens; t++) {
      x[i * 4 + t] = 1
      y[(i * 4 + t) * 2 + ((rows[row]!.first + t) % 2)] = 1
    }
  return { x: ndarray(x, [chosen.length, 4, 1]), y: ndarray(y, [chosen.length, 4, 2]) }
}

it('teaches a language model which tags follow', async () => {
  const energy = tagLanguageModelEnergy({ tags: 2, width: 4, units: 6 })
  const { state } = await fit(
    {
      family: 'tag language model',
      init: (_, random) => ({ label: energy.init(random) }),
      phases: [
        tagEnergyPhase<TagLanguageModelParams, { label: TagLanguageModelParams }>(energy, {
          epochs: 25,
          rate: 0.05,
        }),
      ],
    },
    { size: rows.length, batch: data },
    { seed: 1, batchSize: 6 },
  )
  // Alternating tags, of which only the first is open, and tags that stay the same.
  const y = ndarray([1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 1, 0, 1, 0, 1, 0], [2, 4, 2])
  const score = jit((p: TagLanguageModelParams, at: Tensor) => energy.energy(p, at))
  const [alternating, constant] = (await score(state.label, y)).data
  expect(alternating).toBeLessThan(Math.log(2) + 0.6)
  expect(constant).toBeGreaterThan(4)
})
