import { array } from '@deepstruct/tensor'
import { describe, expect, it } from 'vitest'
import { checkColumns, columnsOf } from './columns.ts'
import { multilabelDataset } from './multilabel.ts'

const dataset = multilabelDataset({
  features: array([[1, 2]]),
  labels: array([[0, 1]]),
  labelNames: ['a', 'b'],
})

describe('checkColumns', () => {
  it('accepts its own columns', () => {
    expect(columnsOf(dataset)).toEqual({ features: 2, labels: ['a', 'b'] })
    expect(() => checkColumns(dataset, columnsOf(dataset))).not.toThrow()
  })

  it.each([
    [
      { features: 3, labels: ['a', 'b'] },
      't.arff: checkColumns: the number of features is 2, expected 3',
    ],
    [{ features: 2, labels: ['a'] }, 't.arff: checkColumns: the number of labels is 2, expected 1'],
    [{ features: 2, labels: ['a', 'c'] }, 't.arff: checkColumns: label 1 is "b", expected "c"'],
  ])('refuses others: %o', (columns, message) => {
    expect(() => checkColumns(dataset, columns, { file: 't.arff' })).toThrow(
      expect.objectContaining({ name: 'DataError', message }),
    )
  })
})
