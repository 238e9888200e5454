import { array, random, ShapeError } from '@deepstruct/tensor'
import { describe, expect, it } from 'vitest'
import { multilabelDataset } from './multilabel.ts'
import { toDense, toSparse } from './sparse.ts'
import {
  fitStandardizer,
  standardize,
  standardizeFeatures,
  type Standardizer,
} from './standardize.ts'

const dataset = (features: Parameters<typeof toDense>[0], rows: number) =>
  multilabelDataset({ features, labels: array(Array.from({ length: rows }, () => [1])) })

describe('standardize', () => {
  it('knows mean and deviation by hand', () => {
    const train = dataset(
      array([
        [1, 5, 0],
        [3, 5, 2],
      ]),
      2,
    )
    const standardizer = fitStandardizer(train)
    expect(standardizer).toEqual({ kind: 'affine', mean: [2, 5, 1], scale: [1, 1, 1] })
    expect(standardize(train, standardizer).features).toEqual(
      array([
        [-1, 0, -1],
        [1, 0, 1],
      ]),
    )
  })

  it('gives training columns mean 0 and deviation 1, and applies the same shift elsewhere', () => {
    const train = dataset(random(1).normals([200, 3], 40, 7), 200)
    const standardizer = fitStandardizer(train)
    const { data } = toDense(standardize(train, standardizer).features)
    for (let column = 0; column < 3; column++) {
      const values = Array.from(data).filter((_, i) => i % 3 === column)
      const mean = values.reduce((sum, value) => sum + value, 0) / 200
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 200
      expect(mean).toBeCloseTo(0, 5)
      expect(variance).toBeCloseTo(1, 4)
    }
    const { mean, scale } = standardizer as Extract<Standardizer, { kind: 'affine' }>
    const test = standardizeFeatures(array([[40, 50, 60]]), standardizer)
    const byHand = [40, 50, 60].map(
      (value, j) => (value - (mean[j] as number)) / (scale[j] as number),
    )
    expect(Array.from(toDense(test).data)).toEqual(byHand.map(Math.fround))
  })

  it('leaves constant columns at 0, whatever the rounding of their mean', () => {
    const train = dataset(array(Array.from({ length: 7 }, () => [0.1])), 7)
    const standardizer = fitStandardizer(train)
    expect(standardizer).toMatchObject({ scale: [1] })
    expect(
      Math.abs(toDense(standardize(train, standardizer).features).data[0] as number),
    ).toBeLessThan(1e-7)
  })

  it('leaves sparse binary inputs as they are', () => {
    const features = toSparse(
      array([
        [0, 1],
        [1, 1],
      ]),
    )
    const standardizer = fitStandardizer(dataset(features, 2))
    expect(standardizer).toEqual({ kind: 'identity' })
    expect(standardizeFeatures(features, standardizer)).toBe(features)
  })

  it('scales other sparse inputs by the deviation of the whole column and keeps them sparse', () => {
    const dense = array([
      [0, 2, 0],
      [4, 2, 0],
      [0, 2, 0],
      [0, 2, 0],
    ])
    const train = dataset(toSparse(dense), 4)
    const standardizer = fitStandardizer(train)
    expect(standardizer).toMatchObject({ mean: [0, 0, 0], scale: [Math.sqrt(3), 1, 1] })
    const { features } = standardize(train, standardizer)
    expect(features).toHaveProperty('offsets')
    expect(toDense(features).data[3]).toBeCloseTo(4 / Math.sqrt(3), 6)
  })

  it('gives one result for dense and sparse rows', () => {
    const standardizer: Standardizer = { kind: 'affine', mean: [1, 2], scale: [2, 4] }
    const rows = array([
      [0, 6],
      [3, 0],
    ])
    expect(standardizeFeatures(toSparse(rows), standardizer)).toEqual(
      standardizeFeatures(rows, standardizer),
    )
  })

  it('survives JSON', () => {
    const standardizer = fitStandardizer(dataset(random(2).normals([5, 2]), 5))
    expect(JSON.parse(JSON.stringify(standardizer))).toEqual(standardizer)
  })

  it('refuses another number of features', () => {
    expect(() =>
      standardizeFeatures(array([[1, 2]]), { kind: 'affine', mean: [0], scale: [1] }),
    ).toThrow(ShapeError)
  })
})
