import { array, DomainError } from '@deepstruct/tensor'
import { describe, expect, it } from 'vitest'
import { type CsvOptions, parseCsv } from './csv.ts'

describe('parseCsv', () => {
  it('takes label columns by name, wherever they are', () => {
    const dataset = parseCsv('b,x,"a, quoted",z\n1,0.5,0,2\n0,-1,1,3\n', {
      labels: ['a, quoted', 'b'],
    })
    expect(dataset.featureNames).toEqual(['x', 'z'])
    expect(dataset.labelNames).toEqual(['a, quoted', 'b'])
    expect(dataset.batch([0, 1])).toEqual({
      x: array([
        [0.5, 2],
        [-1, 3],
      ]),
      y: array([
        [0, 1],
        [1, 0],
      ]),
    })
  })

  it('takes the last columns as labels, with another delimiter, no header, a byte order mark and CRLF', () => {
    const dataset = parseCsv('\uFEFF1.5;2;1;0\r\n\r\n3;4;0;1\r\n', {
      labels: 2,
      header: false,
      delimiter: ';',
    })
    expect(dataset.featureNames).toEqual(['0', '1'])
    expect(dataset.labelNames).toEqual(['2', '3'])
    expect(dataset.batch([1])).toEqual({ x: array([[3, 4]]), y: array([[0, 1]]) })
  })

  it.each<[string, string, CsvOptions['labels'], string]>([
    ['an empty file', '', 1, 'c.csv: parseCsv: file is empty'],
    ['a header alone', 'x,a\n', 1, 'c.csv: parseCsv: file is without examples'],
    [
      'a wrong number of columns',
      'x,a\n1,0\n1\n',
      1,
      'c.csv:3: parseCsv: line is 1 columns, expected 2',
    ],
    [
      'a label that is no column',
      'x,a\n1,0\n',
      ['b'],
      'c.csv:1: parseCsv: header is without the label "b"',
    ],
    [
      'as many labels as columns',
      'x,a\n1,0\n',
      2,
      'c.csv:1: parseCsv: line is 2 columns, expected more than the 2',
    ],
    ['a repeated name', 'x,x,a\n1,1,0\n', 1, 'c.csv:1: parseCsv: header is with "x" twice'],
    [
      'a label outside {0, 1}',
      'x,a\n1,0\n1,2\n',
      1,
      'c.csv:3: parseCsv: label "a" is "2", expected 0 or 1',
    ],
    ['an empty label', 'x,a\n1,\n', 1, 'label "a" is ""'],
    ['NaN', 'x,a\nNaN,1\n', 1, 'c.csv:2: parseCsv: feature "x" is "NaN", expected a finite number'],
    ['an empty feature', 'x,a\n,1\n', 1, 'feature "x" is ""'],
    ['an open quote', 'x,a\n1,"0\n', 1, 'malformed'],
  ])('refuses %s', (_what, text, labels, message) => {
    expect(() => parseCsv(text, { file: 'c.csv', labels })).toThrow(
      expect.objectContaining({ name: 'DataError', message: expect.stringContaining(message) }),
    )
  })

  it('refuses a number of labels that is none', () => {
    for (const labels of [0, -1, 1.5])
      expect(() => parseCsv('x,a\n1,0', { labels })).toThrow(DomainError)
  })
})
