import { array } from '@deepstruct/tensor'
import { describe, expect, it } from 'vitest'
import { toDense } from './sparse.ts'
import { parseSvmlight, type SvmlightOptions } from './svmlight.ts'

describe('parseSvmlight', () => {
  it('reads labels from 0 and features from 1, and counts them', () => {
    const dataset = parseSvmlight('2,0 1:0.5 3:-1\n# a comment\n\n 2:4 # no label\n1\n')
    expect(toDense(dataset.features)).toEqual(
      array([
        [0.5, 0, -1],
        [0, 4, 0],
        [0, 0, 0],
      ]),
    )
    expect(toDense(dataset.labels)).toEqual(
      array([
        [1, 0, 1],
        [0, 0, 0],
        [0, 1, 0],
      ]),
    )
  })

  it('reads a header line, after which features count from 0', () => {
    const dataset = parseSvmlight('2 4 3\n1 0:1 2:2\n0,2 1:1\n')
    expect(toDense(dataset.features)).toEqual(
      array([
        [1, 0, 2, 0],
        [0, 1, 0, 0],
      ]),
    )
    expect(dataset.labelNames).toHaveLength(3)
  })

  it('takes counts and names from the columns it is given', () => {
    const dataset = parseSvmlight('1 1:1', { columns: { features: 5, labels: ['a', 'b', 'c'] } })
    expect(toDense(dataset.features).shape).toEqual([1, 5])
    expect(dataset.labelNames).toEqual(['a', 'b', 'c'])
  })

  it('counts features from 0 when asked to', () => {
    expect(toDense(parseSvmlight('0 0:7', { firstFeature: 0 }).features)).toEqual(array([[7]]))
  })

  it.each<[string, string, SvmlightOptions, string]>([
    ['an empty file', '\n# nothing\n', {}, 's.svm: parseSvmlight: file is empty'],
    [
      'feature 0 where features count from 1',
      '1 0:1',
      {},
      's.svm:1: parseSvmlight: feature number is "0", expected an integer from 1 up',
    ],
    [
      'a feature beyond the columns',
      '0 1:1\n0 3:1',
      { columns: { features: 2, labels: ['a'] } },
      's.svm:2: parseSvmlight: feature number is "3", expected an integer from 1 to 2',
    ],
    [
      'a label beyond the columns',
      '1 1:1',
      { columns: { features: 2, labels: ['a'] } },
      's.svm:1: parseSvmlight: label number is "1", expected an integer from 0 to 0',
    ],
    [
      'a feature beyond the header',
      '1 2 1\n0 2:1',
      {},
      's.svm:2: parseSvmlight: feature number is "2", expected an integer from 0 to 1',
    ],
    [
      'a header that differs from the columns',
      '1 2 1\n0 1:1',
      { columns: { features: 3, labels: ['a'] } },
      's.svm:1: parseSvmlight: header is 2 features and 1 labels, expected 3 and 1',
    ],
    [
      'a header that counts other examples',
      '3 2 1\n0 1:1',
      {},
      's.svm:1: parseSvmlight: header is 3 examples, expected 1',
    ],
    ['a repeated feature', '0 2:1 2:1', {}, 'feature number is 2 after 2'],
    ['descending features', '0 2:1 1:1', {}, 'feature number is 1 after 2'],
    ['a repeated label', '1,1 2:1', {}, 'labels is "1,1", expected each label once'],
    ['a negative label', '-1 2:1', {}, 'label number is "-1"'],
    ['a label that is a word', 'cat 2:1', {}, 'label number is "cat"'],
    ['NaN', '0 2:nan', {}, 'value of feature 2 is "nan", expected a finite number'],
    ['infinity', '0 2:Infinity', {}, 'is "Infinity", expected a finite number'],
    ['an entry without value', '0 2:', {}, 'value of feature 2 is ""'],
    ['an entry without colon', '0 1:1 2', {}, 'entry is "2", expected feature:value'],
    ['a query number', '0 qid:3 1:1', {}, 'feature number is "qid"'],
  ])('refuses %s', (_what, text, options, message) => {
    expect(() => parseSvmlight(text, { file: 's.svm', ...options })).toThrow(
      expect.objectContaining({ name: 'DataError', message: expect.stringContaining(message) }),
    )
  })
})
