import { array } from '@deepstruct/tensor'
import { describe, expect, it } from 'vitest'
import { type JsonlOptions, parseInputRow, parseJsonl } from './jsonl.ts'
import { isSparse, toDense } from './sparse.ts'

const columns = { features: 2, labels: ['a', 'b'] }

describe('parseJsonl', () => {
  it('reads lists and names; the labels are those that occur, sorted', () => {
    const dataset = parseJsonl(
      '{"x": [0.5, 0], "labels": ["sea", "beach"]}\n\n{"x": [1, 2], "labels": []}\n',
    )
    expect(dataset.labelNames).toEqual(['beach', 'sea'])
    expect(dataset.features).toEqual(
      array([
        [0.5, 0],
        [1, 2],
      ]),
    )
    expect(dataset.batch([0, 1]).y).toEqual(
      array([
        [1, 1],
        [0, 0],
      ]),
    )
  })

  it('reads objects of nonzero inputs and label numbers, and stays sparse', () => {
    const dataset = parseJsonl('{"x": {"2": 1.5, "0": 1}, "labels": [2]}\n{"x": {}, "labels": [0]}')
    expect(isSparse(dataset.features)).toBe(true)
    expect(toDense(dataset.features)).toEqual(
      array([
        [1, 0, 1.5],
        [0, 0, 0],
      ]),
    )
    expect(toDense(dataset.labels)).toEqual(
      array([
        [0, 0, 1],
        [1, 0, 0],
      ]),
    )
  })

  it('fits the columns it is given, names and numbers alike', () => {
    const dataset = parseJsonl(
      '{"x": {"0": 1}, "labels": ["b"]}\n{"x": [1, 2], "labels": [1, 0]}',
      { columns },
    )
    expect(dataset.labelNames).toEqual(['a', 'b'])
    expect(dataset.features).toEqual(
      array([
        [1, 0],
        [1, 2],
      ]),
    )
    expect(dataset.batch([0, 1]).y).toEqual(
      array([
        [0, 1],
        [1, 1],
      ]),
    )
  })

  it.each<[string, string, JsonlOptions, string]>([
    ['an empty file', '\n', {}, 'j.jsonl: parseJsonl: file is empty'],
    [
      'broken JSON',
      '{"x": [1], "labels": []}\n{"x": [1,',
      {},
      'j.jsonl:2: parseJsonl: line is "{\\"x\\": [1,", expected a JSON object',
    ],
    ['JSON that is no object', '[1]', {}, 'j.jsonl:1: parseJsonl: line is'],
    ['no x', '{"labels": []}', {}, 'j.jsonl:1: parseJsonl: x is missing'],
    ['no labels', '{"x": [1]}', {}, 'j.jsonl:1: parseJsonl: labels is missing'],
    ['labels of another kind', '{"x": [1], "labels": [0.5]}', {}, 'labels is [0.5]'],
    [
      'lists of different length',
      '{"x": [1], "labels": []}\n{"x": [1, 2], "labels": []}',
      {},
      'j.jsonl:2: parseJsonl: x is 2 numbers, expected 1',
    ],
    [
      'a list that does not fit the columns',
      '{"x": [1], "labels": []}',
      { columns },
      'x is 1 numbers, expected 2',
    ],
    [
      'a feature beyond the columns',
      '{"x": {"2": 1}, "labels": []}',
      { columns },
      'feature number is "2", expected an integer from 0 to 1',
    ],
    [
      'a feature beyond the lists',
      '{"x": {"4": 1}, "labels": []}\n{"x": [1, 2], "labels": []}',
      {},
      'x is with feature 4',
    ],
    ['a negative feature', '{"x": {"-1": 1}, "labels": []}', {}, 'feature number is "-1"'],
    [
      'one feature in two spellings',
      '{"x": {"1": 1, "01": 1}, "labels": []}',
      {},
      'feature number is 1 twice',
    ],
    [
      'a number beyond float32',
      '{"x": [1e300], "labels": []}',
      {},
      'x[0] is "1e+300", expected a finite number',
    ],
    ['a word for a number', '{"x": ["1"], "labels": []}', {}, 'x[0] is "1", expected a number'],
    ['null for NaN', '{"x": [null], "labels": []}', {}, 'x[0] is null, expected a number'],
    [
      'an unknown label',
      '{"x": [1, 2], "labels": ["c"]}',
      { columns },
      'j.jsonl:1: parseJsonl: labels is with "c", expected names or numbers of the 2 labels',
    ],
    [
      'a label number out of range',
      '{"x": [1, 2], "labels": [2]}',
      { columns },
      'labels is with 2',
    ],
    [
      'a repeated label',
      '{"x": [1, 2], "labels": ["a", 0]}',
      { columns },
      'labels is [a, 0], expected each label once',
    ],
  ])('refuses %s', (_what, text, options, message) => {
    expect(() => parseJsonl(text, { file: 'j.jsonl', ...options })).toThrow(
      expect.objectContaining({ name: 'DataError', message: expect.stringContaining(message) }),
    )
  })
})

describe('parseInputRow', () => {
  const where = { file: 'stdin', line: 7 }

  it('reads lists and objects alike', () => {
    expect(parseInputRow([0, 2.5, 0], 3, where)).toEqual(Float32Array.of(0, 2.5, 0))
    expect(parseInputRow({ '1': 2.5 }, 3, where)).toEqual(Float32Array.of(0, 2.5, 0))
  })

  it.each<[string, unknown, string]>([
    ['a list of another length', [1], 'stdin:7: parseInputRow: x is 1 numbers, expected 3'],
    ['a feature out of range', { '3': 1 }, 'stdin:7: parseInputRow: feature number is "3"'],
    ['nothing', undefined, 'stdin:7: parseInputRow: x is missing'],
    ['a word', 'x', 'stdin:7: parseInputRow: x is "x"'],
    ['NaN', [1, NaN, 2], 'stdin:7: parseInputRow: x[1] is "NaN"'],
  ])('refuses %s', (_what, x, message) => {
    expect(() => parseInputRow(x, 3, where)).toThrow(message)
  })
})
