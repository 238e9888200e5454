import { array, DomainError, type NDArray, ShapeError, type Tree } from '@deepstruct/tensor'
import { describe, expect, it } from 'vitest'
import { multilabelDataset } from './multilabel.ts'
import { toSparse } from './sparse.ts'

const x = array([
  [0.5, 1],
  [2, 0],
  [1, 1],
])
const y = array([
  [1, 0, 0],
  [1, 1, 0],
  [0, 0, 0],
])

describe('multilabelDataset', () => {
  it('draws batches in the order asked for, repeats included', () => {
    const batch = multilabelDataset({ features: x, labels: y }).batch([2, 0, 2])
    expect(batch.x).toEqual(
      array([
        [1, 1],
        [0.5, 1],
        [1, 1],
      ]),
    )
    expect(batch.y).toEqual(
      array([
        [0, 0, 0],
        [1, 0, 0],
        [0, 0, 0],
      ]),
    )
    const tree: Tree<NDArray> = batch
    expect(Object.keys(tree)).toEqual(['x', 'y'])
  })

  it('draws the same batches from sparse and dense inputs', () => {
    const dense = multilabelDataset({ features: x, labels: y })
    const sparse = multilabelDataset({ features: toSparse(x), labels: toSparse(y) })
    expect(sparse.batch([1, 0])).toEqual(dense.batch([1, 0]))
  })

  it('takes subsets of subsets with names kept', () => {
    const dataset = multilabelDataset({
      features: toSparse(x),
      labels: y,
      labelNames: ['a', 'b', 'c'],
    })
    const part = dataset.subset([2, 1]).subset([1])
    expect(part.size).toBe(1)
    expect(part.labelNames).toEqual(['a', 'b', 'c'])
    expect(part.featureNames).toEqual(['0', '1'])
    expect(part.batch([0])).toEqual(dataset.batch([1]))
    expect(part.features).toHaveProperty('offsets')
  })

  it('draws empty batches', () => {
    expect(multilabelDataset({ features: x, labels: y }).batch([]).x.shape).toEqual([0, 2])
  })

  it('refuses parts that do not match', () => {
    expect(() => multilabelDataset({ features: x, labels: array([[1, 0]]) })).toThrow(ShapeError)
    expect(() => multilabelDataset({ features: x, labels: y, labelNames: ['a'] })).toThrow(
      ShapeError,
    )
    expect(() => multilabelDataset({ features: x, labels: y, featureNames: ['a'] })).toThrow(
      'multilabelDataset: featureNames is 1 names, expected 2, one for each feature',
    )
    expect(() => multilabelDataset({ features: x, labels: array([[2], [0], [0]]) })).toThrow(
      DomainError,
    )
    expect(() => multilabelDataset({ features: array([[NaN]]), labels: array([[1]]) })).toThrow(
      DomainError,
    )
    expect(() =>
      multilabelDataset({ features: array([[Infinity]]), labels: array([[1]]) }),
    ).toThrow('expected finite numbers')
  })
})
