import { DomainError, filled, type NDArray, ShapeError } from '@deepstruct/tensor'
import { describe, expect, it } from 'vitest'
import { impossibleShare, shapeClasses, shapeProblem, syntheticShapes } from './synthetic-shapes.ts'

/** A mask from a drawing: `.` ground, `d` disc, `r` ring, `b` bar. */
function drawn(...rows: readonly string[]): NDArray {
  const mask = filled([rows.length, rows[0]!.length, 4], 0)
  for (const [at, letter] of rows.join('').split('').entries())
    mask.data[4 * at + '.drb'.indexOf(letter)] = 1
  return mask
}

describe('syntheticShapes', () => {
  it('has masks without exception to the laws, at every size', () => {
    for (const size of [16, 24, 32, 48])
      expect(impossibleShare(syntheticShapes({ seed: size, examples: 60, size }).masks)).toBe(0)
  })

  it('is the same for the same seed, and has every class', () => {
    const [one, again, other] = [3, 3, 4].map((seed) => syntheticShapes({ seed, examples: 20 }))
    expect([...one!.images.data]).toEqual([...again!.images.data])
    expect([...one!.images.data]).not.toEqual([...other!.images.data])
    expect(one!.classes).toBe(shapeClasses.length)
    for (let kind = 0; kind < 4; kind++)
      expect(one!.masks.data.some((on, i) => on === 1 && i % 4 === kind)).toBe(true)
  })

  it('hides parts of the image that the mask has', () => {
    const clear = { seed: 5, examples: 40, noise: 0, fog: 0 }
    const levels = (fog: number): Set<number> =>
      new Set(syntheticShapes({ ...clear, fog }).images.data)
    expect(levels(0).size).toBe(2)
    expect(levels(2).size).toBe(3)
  })

  it.each([{ examples: 0 }, { size: 15 }, { noise: -1 }, { noise: Number.NaN }, { fog: 0.5 }])(
    'refuses %j',
    (wrong) => {
      expect(() => syntheticShapes({ seed: 1, ...wrong })).toThrow(DomainError)
    },
  )
})

describe('shapeProblem', () => {
  it('accepts a disc in its ring before a bar', () => {
    const mask = drawn('.....b', '.rrr.b', '.rdrrb', '.rrr.b', '.....b')
    expect(shapeProblem(mask)).toBeUndefined()
  })

  it.each([
    ['a disc is not enclosed by a ring', ['.....', '.rrr.', '.rd..', '.rrr.', '.....']],
    ['a ring or disc touches the border', ['.....', '.rrr.', '.rdr.', '.rrr.', '.r...']],
    ['a ring encloses not exactly one disc', ['.....', '.rrr.', '.rrr.', '.....', '.....']],
    // A ring inside a disc is a second piece.
    [
      'a ring is in pieces',
      ['.......', '.rrrrr.', '.rdddr.', '.rdrdr.', '.rdddr.', '.rrrrr.', '.......'],
    ],
    ['a bar ends in the open', ['.....', '.b...', '.b...', '.....', '.....']],
  ])('names the law: %s', (law, rows) => {
    expect(shapeProblem(drawn(...rows))).toBe(law)
  })

  it('refuses what is no such mask', () => {
    expect(() => shapeProblem(filled([4, 4], 0))).toThrow(ShapeError)
  })
})
