import { array, DomainError, ndarray, ShapeError } from '@deepstruct/tensor'
import { describe, expect, it } from 'vitest'
import { macroF1 } from './macro-f1.ts'
import { taggedTokens } from './tagged-tokens.ts'
import { tokenAccuracy } from './token-accuracy.ts'

// Tags 0 1 | 2 2 0; found 0 1 | 1 2 1.
const labels = array([
  [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 0],
  ],
  [
    [0, 0, 1],
    [0, 0, 1],
    [1, 0, 0],
  ],
])
const scores = array([
  [
    [0.5, 0.3, 0.2],
    [0.1, 0.8, 0.1],
    [0.9, 0, 0.1],
  ],
  [
    [0.1, 0.5, 0.4],
    [0, 0, 1],
    [0.2, 0.6, 0.2],
  ],
])

describe('tags', () => {
  it('are counted by hand: 3 of 5 tokens', () => {
    expect(tokenAccuracy(scores, labels)).toBeCloseTo(3 / 5, 12)
    const tokens = taggedTokens(scores, labels)
    expect(tokens.predicted.shape).toEqual([5, 3])
    // F1: 2/3 (1 of 1 found, 1 of 2 true), 2/4, 2/3.
    expect(macroF1(tokens.predicted, tokens.labels)).toBeCloseTo((2 / 3 + 1 / 2 + 2 / 3) / 3, 6)
  })

  it('have one token a tag, the first at a tie', () => {
    const { predicted } = taggedTokens(array([[[0.5, 0.5]]]), array([[[0, 1]]]))
    expect([...predicted.data]).toEqual([1, 0])
  })

  it('do not feel how far a batch is padded', () => {
    const short = (from: typeof labels): typeof labels => ndarray(from.data.slice(0, 6), [1, 2, 3])
    const first = (from: typeof labels): typeof labels => ndarray(from.data.slice(0, 9), [1, 3, 3])
    expect(taggedTokens(short(scores), short(labels))).toEqual(
      taggedTokens(first(scores), first(labels)),
    )
  })

  it('refuse other shapes, nothing to count, and scores that are no numbers', () => {
    expect(() => tokenAccuracy(array([[1, 0]]), array([[1, 0]]))).toThrow(ShapeError)
    expect(() => tokenAccuracy(scores, array([[[1, 0, 0]]]))).toThrow(ShapeError)
    expect(() => tokenAccuracy(array([[[1, 0]]]), array([[[0, 0]]]))).toThrow(ShapeError)
    expect(() => tokenAccuracy(array([[[NaN, 0]]]), array([[[1, 0]]]))).toThrow(DomainError)
  })
})
