import { expect, it } from 'vitest'
import { comparisons } from './comparisons.ts'
import type { Row } from './rows.ts'

const row = (engine: string, medianMs: number, batch = 32): Row => ({
  case: 'spen-inference',
  engine,
  batch,
  minMs: medianMs,
  medianMs,
  calls: 1,
  firstMs: 1,
  maxDifference: 0,
})

it('compares with the best of a group', () => {
  const found = comparisons([
    row('onnx-node', 3),
    row('torch-compile-autograd', 4),
    row('jax-jit-autograd', 2),
  ])
  expect(found).toMatchObject([
    { best: 'jax-jit-autograd', oursMs: 3, bestMs: 2, ratio: 1.5, goal: 1, verdict: 'missed' },
  ])
})

it.each([
  [2, 'reached'],
  [2.2, 'tie'],
  [2.21, 'missed'],
])('calls %d against 2 %s', (medianMs, verdict) => {
  const [found] = comparisons([row('onnx-node', medianMs), row('jax-jit-handwritten', 2)])
  expect(found?.verdict).toBe(verdict)
})

it('knows ties only where equality is the goal', () => {
  const [found] = comparisons([row('onnx-node', 0.21), row('torch-eager-autograd', 1)])
  expect(found).toMatchObject({ goal: 0.2, verdict: 'missed' })
})

it('leaves out what was not measured on both sides', () => {
  expect(comparisons([row('onnx-node', 1)])).toEqual([])
  expect(comparisons([row('jax-jit-autograd', 1)])).toEqual([])
  expect(comparisons([row('onnx-node', 1, 1), row('jax-jit-autograd', 1)])).toEqual([])
})
