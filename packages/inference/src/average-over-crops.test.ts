import {
  add,
  DomainError,
  filled,
  jit,
  mean,
  type NDArray,
  random,
  ShapeError,
  slice,
  sum,
  type Tensor,
} from '@deepstruct/tensor'
import { describe, expect, it } from 'vitest'
import { averageOverCrops } from './average-over-crops.ts'
import { type CropGrid, cropGrid } from './crop-grid.ts'
import type { TracedSolution } from './solution.ts'

/** A pixel's y is its own brightness, so that crops agree; the energy is that of the crop. */
function brightness(x: Tensor): TracedSolution {
  const none = sum(slice(x, [0, 0, 0, 0], [-1, 0, 0, 0]), [1, 2, 3])
  return { y: mean(x, 3), energy: mean(x, [1, 2, 3]), steps: none, status: none }
}

const solved = (grid: CropGrid, solve = brightness): ((x: NDArray) => Promise<TracedOutcome>) =>
  jit((x: Tensor) => ({ ...averageOverCrops(solve, x, grid) })) as never

interface TracedOutcome {
  readonly y: NDArray
  readonly energy: NDArray
}

describe('averageOverCrops', () => {
  it.each([
    { height: 24, width: 24 },
    { height: 24, width: 24, perSide: 3 },
    { height: 24, width: 20, perSide: 6 },
    { height: 32, width: 9, perSide: 4 },
  ])('of crops that agree is what they say (%j)', async (grid) => {
    const x = random(1).uniforms([2, 32, 32, 3])
    const { y, energy } = await solved(grid)(x)
    const expected = await jit((images: Tensor) => mean(images, 3))(x)
    expect(y.shape).toEqual([2, 32, 32])
    for (const [i, value] of y.data.entries()) expect(value).toBeCloseTo(expected.data[i]!, 5)
    expect(energy.shape).toEqual([2])
  })

  it('of a constant is the constant', async () => {
    const { y, energy } = await solved({ height: 3, width: 3, perSide: 3 })(
      filled([1, 5, 4, 1], 0.25),
    )
    for (const value of [...y.data, ...energy.data]) expect(value).toBeCloseTo(0.25, 6)
  })

  it('averages what overlaps, by hand', async () => {
    // Crops of a row of 3 pixels: (0, 1) and (1, 2). Each says everywhere what its first pixel is.
    const first = (x: Tensor): TracedSolution => {
      const plain = brightness(x)
      const corner = mean(slice(x, [0, 0, 0, 0], [-1, -1, 1, -1]), 3)
      return { ...plain, y: add(corner, sum(slice(x, [0, 0, 0, 0], [-1, -1, -1, 0]), 3)) }
    }
    const x = random(2).uniforms([4, 1, 3, 1])
    const { y } = await solved({ height: 1, width: 2 }, first)(x)
    for (let row = 0; row < 4; row++) {
      const [a, b] = [x.data[row * 3]!, x.data[row * 3 + 1]!]
      const found = [...y.data.subarray(row * 3, row * 3 + 3)]
      for (const [i, value] of [a, (a + b) / 2, b].entries()) expect(found[i]).toBeCloseTo(value, 6)
    }
  })

  it('solves each image by itself', async () => {
    const x = random(3).uniforms([3, 6, 6, 2])
    const run = solved({ height: 4, width: 4, perSide: 2 })
    const whole = await run(x)
    const image = { ...x, shape: [1, 6, 6, 2], data: x.data.subarray(72, 144) }
    const alone = await run(image)
    expect([...alone.y.data]).toEqual([...whole.y.data.subarray(36, 72)])
    expect(alone.energy.data[0]).toBe(whole.energy.data[1])
  })

  it('refuses crops that do not fit or do not cover', async () => {
    const x = filled([1, 8, 8, 1], 0)
    await expect(solved({ height: 9, width: 4 })(x)).rejects.toThrow(DomainError)
    await expect(solved({ height: 3, width: 4, perSide: 2 })(x)).rejects.toThrow(/at least 3/)
    await expect(solved({ height: 4, width: 4 })(filled([8, 8, 1], 0))).rejects.toThrow(ShapeError)
    const smaller = (crops: Tensor): TracedSolution => ({
      ...brightness(crops),
      y: mean(slice(crops, [0, 0, 0, 0], [-1, 2, -1, -1]), 3),
    })
    await expect(solved({ height: 4, width: 4 }, smaller)(x)).rejects.toThrow(/result of solve/)
  })
})

describe('cropGrid', () => {
  it('has a share of either side', () => {
    expect(cropGrid({ height: 32, width: 40 }, 0.75, 6)).toEqual({
      height: 24,
      width: 30,
      perSide: 6,
    })
    expect(cropGrid({ height: 1, width: 3 }, 0.1)).toEqual({ height: 1, width: 1 })
  })

  it.each([0, -1, 1.1, Number.NaN])('refuses the share %d', (share) => {
    expect(() => cropGrid({ height: 32, width: 32 }, share)).toThrow(DomainError)
  })
})
