import { array, DomainError, type NDArray, ndarray, ShapeError } from '@deepstruct/tensor'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  exampleF1,
  hammingLoss,
  macroF1,
  microF1,
  perLabelF1,
  precisionAtK,
  subsetAccuracy,
} from './index.ts'

// Rows: one hit of two predicted; all wrong; empty against empty; two of three found.
const predicted = array([
  [1, 1, 0],
  [0, 1, 0],
  [0, 0, 0],
  [1, 0, 1],
])
const labels = array([
  [1, 0, 0],
  [1, 0, 0],
  [0, 0, 0],
  [1, 1, 1],
])

describe('hand values', () => {
  it('example-averaged F1 is the mean of 2/3, 0, empty and 4/5', () => {
    expect(exampleF1(predicted, labels)).toBeCloseTo((2 / 3 + 0 + 1 + 4 / 5) / 4, 12)
    expect(exampleF1(predicted, labels, { emptyValue: 0 })).toBeCloseTo((2 / 3 + 4 / 5) / 4, 12)
  })

  it('micro F1 has 3 hits, 5 predicted and 5 true', () => {
    expect(microF1(predicted, labels)).toBeCloseTo(6 / 10, 12)
  })

  it('macro F1 is the mean of 4/5, 0 and 1', () => {
    expect(macroF1(predicted, labels)).toBeCloseTo((4 / 5 + 0 + 1) / 3, 12)
    expect(perLabelF1(predicted, labels)).toEqual(array([4 / 5, 0, 1]))
  })

  it('four of twelve labels are wrong', () => {
    expect(hammingLoss(predicted, labels)).toBe(4 / 12)
  })

  it('one label set of four is right', () => {
    expect(subsetAccuracy(predicted, labels)).toBe(1 / 4)
  })

  it('a label that is nowhere true and nowhere predicted has the empty value', () => {
    const nothing = array([[1, 0]])
    expect(perLabelF1(nothing, nothing)).toEqual(array([1, 1]))
    expect(perLabelF1(nothing, nothing, { emptyValue: 0 })).toEqual(array([1, 0]))
    expect(macroF1(nothing, nothing, { emptyValue: 0 })).toBe(0.5)
    expect(microF1(array([[0]]), array([[0]]))).toBe(1)
    expect(microF1(array([[0]]), array([[0]]), { emptyValue: 0 })).toBe(0)
  })

  it('agrees with the averages of a three-class problem written as one-hot rows', () => {
    // Classes 0 1 2 0 1 2 predicted as 0 2 1 0 0 1: hits 2, 0, 0 of predicted 3, 2, 1 and true 2, 2, 2.
    const truth = oneHot([0, 1, 2, 0, 1, 2])
    const guess = oneHot([0, 2, 1, 0, 0, 1])
    expect(macroF1(guess, truth)).toBeCloseTo((4 / 5 + 0 + 0) / 3, 12)
    expect(microF1(guess, truth)).toBeCloseTo(2 / 6, 12)
    expect(exampleF1(guess, truth)).toBeCloseTo(2 / 6, 12)
    expect(subsetAccuracy(guess, truth)).toBeCloseTo(2 / 6, 12)
  })

  it('takes int32 and bool as well', () => {
    expect(exampleF1(array([[1, 0]], 'bool'), array([[1, 1]], 'int32'))).toBeCloseTo(2 / 3, 12)
  })
})

describe('precision at k', () => {
  const scores = array([
    [0.9, 0.1, 0.5, 0.3],
    [0.2, 0.2, 0.2, 0.8],
  ])
  const truth = array([
    [0, 1, 1, 1],
    [1, 0, 0, 0],
  ])

  it('counts true labels among the best', () => {
    expect(precisionAtK(scores, truth, 1)).toBe(0)
    expect(precisionAtK(scores, truth, 3)).toBeCloseTo((2 / 3 + 1 / 3) / 2, 12)
    expect(precisionAtK(scores, truth, 4)).toBeCloseTo((3 / 4 + 1 / 4) / 2, 12)
  })

  it('takes the smaller index first among equal scores', () => {
    expect(precisionAtK(array([[0.5, 0.5, 0.5]]), array([[1, 0, 0]]), 1)).toBe(1)
    expect(precisionAtK(array([[0.5, 0.5, 0.5]]), array([[0, 1, 1]]), 1)).toBe(0)
  })

  it('equals a full sort', () => {
    fc.assert(
      fc.property(matrices(5), fc.integer({ min: 1, max: 5 }), (examples, k) => {
        const { scores: drawn, labels: marked } = columns(examples, 5)
        let hits = 0
        examples.forEach((row) => {
          const ranked = row.map((cell, label) => ({ ...cell, label }))
          ranked.sort((a, b) => b.score - a.score || a.label - b.label)
          hits += ranked.slice(0, k).filter(({ truth: isTrue }) => isTrue).length
        })
        expect(precisionAtK(drawn, marked, k)).toBeCloseTo(hits / k / examples.length, 10)
      }),
    )
  })

  it('refuses a k outside 1 to the number of labels', () => {
    for (const k of [0, 5, 1.5, Number.NaN])
      expect(() => precisionAtK(scores, truth, k)).toThrow(DomainError)
    expect(() => precisionAtK(scores, truth, 5)).toThrow(
      'precisionAtK: k is 5, expected an integer from 1 to 4, the number of labels',
    )
  })
})

describe('laws', () => {
  const metrics = { exampleF1, microF1, macroF1, hammingLoss, subsetAccuracy }

  it.each(Object.entries(metrics))('%s does not depend on the order of the rows', (_, metric) => {
    fc.assert(
      fc.property(predictions, fc.nat(), (cells, turn) => {
        const rotated = rotate(cells, turn)
        expect(metric(guesses(rotated), truths(rotated))).toBeCloseTo(
          metric(guesses(cells), truths(cells)),
          10,
        )
      }),
    )
  })

  it.each(Object.entries(metrics))('%s does not depend on the order of the labels', (_, metric) => {
    fc.assert(
      fc.property(predictions, fc.nat(), (cells, turn) => {
        const turned = cells.map((row) => rotate(row, turn))
        expect(metric(guesses(turned), truths(turned))).toBeCloseTo(
          metric(guesses(cells), truths(cells)),
          10,
        )
      }),
    )
  })

  it.each(Object.entries(metrics))(
    '%s stays in [0, 1], and a right guess is best',
    (name, metric) => {
      fc.assert(
        fc.property(predictions, (cells) => {
          const value = metric(guesses(cells), truths(cells))
          expect(value).toBeGreaterThanOrEqual(0)
          expect(value).toBeLessThanOrEqual(1)
          expect(metric(truths(cells), truths(cells))).toBe(name === 'hammingLoss' ? 0 : 1)
        }),
      )
    },
  )

  it('macro F1 of the transposed matrix is example F1', () => {
    fc.assert(
      fc.property(predictions, (cells) => {
        const transposed = (cells[0] ?? []).map((_, l) =>
          cells.map((row) => row[l] ?? { guess: 0, truth: 0 }),
        )
        expect(macroF1(guesses(transposed), truths(transposed))).toBeCloseTo(
          exampleF1(guesses(cells), truths(cells)),
          10,
        )
      }),
    )
  })
})

describe('refusals', () => {
  const metrics = { exampleF1, microF1, macroF1, perLabelF1, hammingLoss, subsetAccuracy }

  it.each(Object.entries(metrics))('%s refuses bad arrays with typed errors', (name, metric) => {
    const good = array([[0, 1]])
    expect(() => metric(array([[0, 1, 1]]), good)).toThrow(ShapeError)
    expect(() => metric(array([[0, 1, 1]]), good)).toThrow(
      `${name}: predicted is of shape [1, 3], expected [1, 2] to match labels`,
    )
    expect(() => metric(array([0, 1]), array([0, 1]))).toThrow(ShapeError)
    expect(() => metric(empty([0, 2]), empty([0, 2]))).toThrow(ShapeError)
    expect(() => metric(empty([2, 0]), empty([2, 0]))).toThrow(ShapeError)
    expect(() => metric(good, array([[0, 2]]))).toThrow(DomainError)
    expect(() => metric(good, array([[0, 2]]))).toThrow(
      `${name}: labels[0, 1] is 2, expected 0 or 1`,
    )
    expect(() => metric(array([[Number.NaN, 1]]), good)).toThrow(DomainError)
    expect(() => metric(array([[0, 0.7]]), good)).toThrow('binarize turns scores into predictions')
    expect(() => metric(good, ndarray(Uint8Array.of(0, 3), [1, 2]))).toThrow(DomainError)
  })
})

interface Cell {
  readonly guess: number
  readonly truth: number
}

const cell = fc.record({ guess: fc.constantFrom(0, 1), truth: fc.constantFrom(0, 1) })
const predictions = fc.integer({ min: 1, max: 6 }).chain((width) =>
  fc.array(fc.array(cell, { minLength: width, maxLength: width }), {
    minLength: 1,
    maxLength: 6,
  }),
)

function guesses(cells: readonly (readonly Cell[])[]): NDArray {
  return array(cells.map((row) => row.map(({ guess }) => guess)))
}

function truths(cells: readonly (readonly Cell[])[]): NDArray {
  return array(cells.map((row) => row.map(({ truth }) => truth)))
}

function rotate<T>(items: readonly T[], turn: number): readonly T[] {
  const at = turn % items.length
  return [...items.slice(at), ...items.slice(0, at)]
}

function oneHot(classes: readonly number[]): NDArray {
  return array(classes.map((one) => [0, 1, 2].map((other) => Number(one === other))))
}

function empty(shape: readonly number[]): NDArray {
  return ndarray(new Float32Array(0), shape)
}

function matrices(width: number): fc.Arbitrary<{ score: number; truth: number }[][]> {
  const scored = fc.record({
    score: fc.integer({ min: 0, max: 4 }),
    truth: fc.constantFrom(0, 1),
  })
  return fc.array(fc.array(scored, { minLength: width, maxLength: width }), {
    minLength: 1,
    maxLength: 4,
  })
}

function columns(
  rows: readonly (readonly { score: number; truth: number }[])[],
  width: number,
): { scores: NDArray; labels: NDArray } {
  return {
    scores: ndarray(
      rows.flatMap((row) => row.map(({ score }) => score)),
      [rows.length, width],
    ),
    labels: ndarray(
      rows.flatMap((row) => row.map(({ truth }) => truth)),
      [rows.length, width],
    ),
  }
}
