import {
  array,
  eagerEngine,
  jit,
  type NDArray,
  random,
  type Tensor,
  useEngine,
} from '@deepstruct/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import { crammerSinger, type MulticlassHingeOptions, westonWatkins } from './multiclass-hinge.ts'

beforeAll(async () => {
  useEngine(await eagerEngine({ backend: 'cpu' }))
})

async function rowsOf(
  loss: typeof crammerSinger,
  scores: NDArray,
  labels: NDArray,
  options: MulticlassHingeOptions = {},
): Promise<readonly number[]> {
  const rows = jit((s: Tensor, y: Tensor) => loss(s, y, { ...options, reduction: 'none' }))
  return [...(await rows(scores, labels)).data]
}

const scores = array([
  [1, 2, 1.5],
  [0, -3, 4],
  [1, 1, 1],
])
const labels = array([1, 2, 0], 'int32')

describe('crammerSinger', () => {
  it('compares with the best wrong class', async () => {
    expect(await rowsOf(crammerSinger, scores, labels)).toEqual([0.5, 0, 1])
    expect(await rowsOf(crammerSinger, scores, labels, { margin: 2 })).toEqual([1.5, 0, 2])
  })

  it('is 0 with a single class', async () => {
    expect(await rowsOf(crammerSinger, array([[5]]), array([0], 'int32'))).toEqual([0])
  })

  it('takes classes that are impossible', async () => {
    const impossible = array([[1, Number.NEGATIVE_INFINITY, 0.5]])
    expect(await rowsOf(crammerSinger, impossible, array([0], 'int32'))).toEqual([0.5])
    expect(await rowsOf(westonWatkins, impossible, array([0], 'int32'))).toEqual([0.5])
  })
})

describe('westonWatkins', () => {
  it('adds up all wrong classes', async () => {
    expect(await rowsOf(westonWatkins, scores, labels)).toEqual([0.5, 0, 2])
    expect(await rowsOf(westonWatkins, scores, labels, { margin: 2 })).toEqual([2.5, 0, 4])
  })

  it('bounds crammerSinger, and is the same with two classes', async () => {
    const draw = random(5)
    const classes = array(
      Array.from({ length: 50 }, () => draw.integer(4)),
      'int32',
    )
    const many = draw.normals([50, 4])
    const [all, best] = [
      await rowsOf(westonWatkins, many, classes),
      await rowsOf(crammerSinger, many, classes),
    ]
    expect(all.every((value, i) => value >= best[i]! - 1e-6)).toBe(true)
    expect(all.some((value, i) => value > best[i]! + 0.1)).toBe(true)

    const two = draw.normals([50, 2])
    const side = array(
      Array.from({ length: 50 }, () => draw.integer(2)),
      'int32',
    )
    expect(await rowsOf(westonWatkins, two, side)).toEqual(await rowsOf(crammerSinger, two, side))
  })
})
