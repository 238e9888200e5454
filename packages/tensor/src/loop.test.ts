import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  add,
  array,
  eagerEngine,
  type Engine,
  exp,
  grad,
  jit,
  loop,
  mul,
  sub,
  sum,
  tanh,
  type Tensor,
} from './index.ts'

describe.each(['wasm', 'cpu'] as const)('loop on %s', (backend) => {
  let engine: Engine
  beforeAll(async () => {
    engine = await eagerEngine({ backend })
  })

  interface State {
    readonly x: Tensor
    readonly sums: Tensor
  }
  const body = ({ x, sums }: State, step: number): State => ({
    x: tanh(add(mul(x, 1.5), step)),
    sums: add(sums, x),
  })

  it.each([0, 1, 5])('equals a loop of JavaScript, %i steps', async (steps) => {
    const state = { x: array([0.5, -1]), sums: array([0, 0]) }
    const looped = await jit((s: State) => loop(steps, body, s), { engine })(state)
    const plain = await jit(
      (s: State) => {
        let current = s
        for (let i = 0; i < steps; i++) current = body(current, i)
        return current
      },
      { engine },
    )(state)
    expect(looped).toEqual(plain)
  })

  it('holds the intermediates of one step at a time', async () => {
    let most = 0
    const count = async (steps: number): Promise<number> => {
      most = 0
      await jit(
        (x: Tensor) =>
          loop(
            steps,
            (y: Tensor) => {
              const next = exp(mul(sub(y, 1), 0.1))
              most = Math.max(most, tf.memory().numTensors)
              return next
            },
            x,
          ),
        { engine },
      )(array([1]))
      return most
    }
    expect(await count(50)).toBe(await count(2))
  })

  it('has the gradient of its steps', async () => {
    const square = (x: Tensor): Tensor => loop(3, (y: Tensor) => mul(y, y), x)
    const { data } = await jit(
      grad((x: Tensor) => sum(square(x))),
      { engine },
    )(array([1, 1.1]))
    expect(data[0]).toBeCloseTo(8, 5)
    expect(data[1]).toBeCloseTo(8 * 1.1 ** 7, 3)
  })

  it('lets a body return what is not its own', async () => {
    const before = tf.memory().numTensors
    const f = jit(
      (x: Tensor) => {
        const outer = mul(x, 2)
        const { a, b } = loop(
          3,
          ({ a: last }: { a: Tensor; b: Tensor }) => ({ a: outer, b: last }),
          { a: x, b: x },
        )
        return { a: add(a, 0), b, outer, x }
      },
      { engine },
    )
    const result = await f(array([1, 2]))
    expect([...result.a.data]).toEqual([2, 4])
    expect([...result.b.data]).toEqual([2, 4])
    expect([...result.outer.data]).toEqual([2, 4])
    expect([...result.x.data]).toEqual([1, 2])
    expect(tf.memory().numTensors).toBe(before)
  })

  it('lets a body hand its state through, or twice', async () => {
    const f = jit(
      (x: Tensor) =>
        loop(
          4,
          ({ a, b }: { a: Tensor; b: Tensor }, i) =>
            i % 2 === 0 ? { a: add(a, 1), b } : { a, b: a },
          { a: x, b: x },
        ),
      { engine },
    )
    const { a, b } = await f(array([0]))
    expect([a.data[0], b.data[0]]).toEqual([2, 2])
  })
})
