import { array } from '@deepstruct/tensor'
import { describe, expect, it } from 'vitest'
import { parseMulan } from './mulan.ts'
import { isSparse, toDense } from './sparse.ts'

const arff = (attributes: readonly string[], rows: readonly string[]): string =>
  [
    '@relation r',
    ...attributes.map((attribute) => `@attribute ${attribute}`),
    '@data',
    ...rows,
  ].join('\n')
const failure = (text: string, labels: readonly string[]): unknown => {
  try {
    parseMulan(text, labels, { file: 'r.arff' })
  } catch (error) {
    return error
  }
  return 'no error'
}

describe('parseMulan', () => {
  it('parts features and labels, labels in the order of the file', () => {
    const dataset = parseMulan(arff(['a real', 'l1 {0,1}', 'l2 {0,1}'], ['0.5,1,0', '2,1,1']), [
      'l2',
      'l1',
    ])
    expect(dataset.labelNames).toEqual(['l1', 'l2'])
    expect(dataset.featureNames).toEqual(['a'])
    expect(dataset.features).toEqual(array([[0.5], [2]]))
    expect(dataset.batch([0, 1]).y).toEqual(
      array([
        [1, 0],
        [1, 1],
      ]),
    )
  })

  it('takes labels that come first, and numeric labels', () => {
    const dataset = parseMulan(arff(['l numeric', 'a real'], ['1,3', '0,4']), ['l'])
    expect(dataset.batch([0, 1])).toEqual({ x: array([[3], [4]]), y: array([[1], [0]]) })
  })

  it('keeps sparse files sparse, and makes files with a dense row dense', () => {
    const attributes = ['a {0,1}', 'b {0,1}', 'l {0,1}']
    const sparse = parseMulan(arff(attributes, ['{1 1,2 1}', '{}']), ['l'])
    const mixed = parseMulan(arff(attributes, ['{1 1,2 1}', '0,0,0']), ['l'])
    expect(isSparse(sparse.features)).toBe(true)
    expect(isSparse(mixed.features)).toBe(false)
    expect(sparse.batch([0, 1])).toEqual(mixed.batch([0, 1]))
  })

  it('makes a column of each value of a nominal feature, in sparse rows too', () => {
    const attributes = ['color {red,green}', 'n real', 'shape {round,flat}', 'l {0,1}']
    const dense = parseMulan(
      arff(attributes, ['green,2,round,1', 'red,0,flat,0', 'red,0,round,0']),
      ['l'],
    )
    const sparse = parseMulan(arff(attributes, ['{0 green,1 2,3 1}', '{2 flat}', '{}']), ['l'])
    expect(dense.featureNames).toEqual([
      'color=red',
      'color=green',
      'n',
      'shape=round',
      'shape=flat',
    ])
    expect(dense.features).toEqual(
      array([
        [0, 1, 2, 1, 0],
        [1, 0, 0, 0, 1],
        [1, 0, 0, 1, 0],
      ]),
    )
    expect(toDense(sparse.features)).toEqual(dense.features)
    expect(sparse.batch([0, 1, 2]).y).toEqual(dense.batch([0, 1, 2]).y)
  })

  it('takes the first declared value of a label for granted in sparse rows, as Weka does', () => {
    const dataset = parseMulan(arff(['a real', 'l {1,0}'], ['{0 2}', '{1 0}']), ['l'])
    expect(dataset.batch([0, 1]).y).toEqual(array([[1], [0]]))
  })

  it('refuses no labels at all', () => {
    expect(failure(arff(['a real'], ['1']), [])).toMatchObject({ name: 'DomainError' })
  })

  it.each([
    [
      'a label of the XML that is no attribute',
      arff(['a real', 'l {0,1}'], ['1,1']),
      ['l', 'm'],
      'r.arff: parseMulan: header is without the label "m"',
    ],
    [
      'an attribute between labels that the XML leaves out',
      arff(['a real', 'l {0,1}', 'm {0,1}', 'n {0,1}'], ['1,1,1,1']),
      ['l', 'n'],
      'r.arff:4: parseMulan: attribute "m" is not among the labels of the XML',
    ],
    [
      'an attribute after the labels that the XML leaves out',
      arff(['a real', 'l {0,1}', 'm {0,1}'], ['1,1,1']),
      ['l'],
      'r.arff:4: parseMulan: attribute "m" is not among the labels',
    ],
    [
      'a gap after labels that come first',
      arff(['l {0,1}', 'a real', 'm {0,1}'], ['1,1,1']),
      ['l', 'm'],
      'r.arff:3: parseMulan: attribute "a" is not among the labels',
    ],
    [
      'labels with other values',
      arff(['a real', 'l {no,yes}'], ['1,yes']),
      ['l'],
      'r.arff:3: parseMulan: label "l" is of values {no,yes}',
    ],
    [
      'a numeric label that is neither 0 nor 1',
      arff(['a real', 'l numeric'], ['1,1', '1,0.5']),
      ['l'],
      'r.arff:6: parseMulan: label "l" is "0.5", expected 0 or 1',
    ],
    [
      'a nominal label value that is not declared',
      arff(['a real', 'l {0,1}'], ['1,2']),
      ['l'],
      'r.arff:5: parseArff: value of attribute "l" is "2"',
    ],
  ])('refuses %s', (_what, text, labels, message) => {
    expect(failure(text, labels)).toMatchObject({
      name: 'DataError',
      message: expect.stringContaining(message),
    })
  })
})
