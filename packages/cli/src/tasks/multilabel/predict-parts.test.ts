import { describe, expect, it } from 'vitest'
import { exampleReader } from './read-example.ts'
import { exampleWriter } from './write-example.ts'

describe('exampleReader', () => {
  const affine = exampleReader(3, { kind: 'affine', mean: [1, 2, 3], scale: [2, 4, 8] })
  const identity = exampleReader(3, { kind: 'identity' })
  const read = (reader: typeof identity, x: unknown): number[] => {
    const row = new Float32Array(3).fill(9)
    expect(reader(JSON.stringify({ x }), row)).toEqual({})
    return [...row]
  }

  it('reads lists and objects alike', () => {
    expect(read(identity, [0, 0.5, 0])).toEqual([0, 0.5, 0])
    expect(read(identity, { 1: 0.5 })).toEqual([0, 0.5, 0])
    expect(read(affine, [0, 0.5, 0])).toEqual(read(affine, { 1: 0.5 }))
    expect(read(affine, [3, 6, 11])).toEqual([1, 1, 1])
  })

  it.each([
    ['{"x": [1,2]}', 'x has 2 numbers, expected 3'],
    ['{"x": [1,2,"3"]}', 'x[2] is "3", expected a finite number'],
    ['{"x": [1,2,null]}', 'x[2] is null'],
    ['{"x": [1,2,1e99]}', 'x[2] is 1e+99'],
    ['{"x": {"3": 1}}', 'x has the index "3", expected an integer from 0 to 2'],
    ['{"x": {"-1": 1}}', 'the index "-1"'],
    ['{"x": {"01": 1}}', 'the index "01"'],
    ['{"x": {"": 1}}', 'the index ""'],
    ['{"x": {"1.5": 1}}', 'the index "1.5"'],
    ['{"x": {"1": true}}', 'x[1] is true'],
    ['{"id": 7}', 'x is missing'],
    ['{"x": "text"}', 'x is "text", expected a list of 3 numbers or an object'],
    ['[1,2,3]', 'no JSON object'],
    ['{"x": [1', 'no JSON'],
    ['', 'no JSON'],
  ])('says what is wrong with %s', (line, message) => {
    const { error, id } = identity(line, new Float32Array(3))
    expect(error).toContain(message)
    expect(id).toBe(line.includes('"id"') ? 7 : undefined)
  })
})

describe('exampleWriter', () => {
  const predicted = {
    id: 'a"b',
    scores: [0.25, 0.7500000000001, 0.9],
    energy: -1.23456789,
    status: 'converged',
  }
  const write = (listed: 'all' | 'labels' | 'none'): unknown =>
    JSON.parse(exampleWriter(['x', 'y"', 'z'], 0.5, listed)(predicted))

  it('lists the scores that are asked for', () => {
    const rest = { id: 'a"b', labels: ['y"', 'z'], energy: -1.234568, status: 'converged' }
    expect(write('labels')).toEqual({ ...rest, scores: { 'y"': 0.75, z: 0.9 } })
    expect(write('all')).toEqual({ ...rest, scores: { x: 0.25, 'y"': 0.75, z: 0.9 } })
    expect(write('none')).toEqual(rest)
  })

  it('stays JSON where a number is none', () => {
    const line = exampleWriter(
      ['x'],
      0.5,
      'all',
    )({ id: null, scores: [NaN], energy: Infinity, status: 'diverged' })
    expect(JSON.parse(line)).toEqual({
      id: null,
      labels: [],
      scores: { x: null },
      energy: null,
      status: 'diverged',
    })
  })
})
