import { beforeAll, describe, expect, it } from 'vitest'
import {
  add,
  array,
  cast,
  concat,
  DTypeError,
  eagerEngine,
  type Engine,
  expandDims,
  grad,
  jit,
  matMul,
  mul,
  type NDArray,
  random,
  scan,
  ShapeError,
  slice,
  sub,
  squeeze,
  sum,
  tanh,
  type Tensor,
} from '../index.ts'

let engine: Engine
beforeAll(async () => {
  engine = await eagerEngine({ backend: 'cpu' })
})

const [time, rows, width] = [5, 2, 3]

/** A recurrent network with a state of two parts, an output, and an input that has no gradient. */
type Net = { readonly u: Tensor; readonly b: Tensor }
type Args = {
  readonly net: Net
  readonly start: Tensor
  readonly x: Tensor
}

const keep: NDArray = {
  shape: [time, rows, 1],
  dtype: 'int32',
  data: Int32Array.from({ length: time * rows }, (_, i) => (i === 7 ? 0 : 1)),
}

function scanned({ net, start, x }: Args, kept: Tensor, reverse: boolean): Tensor {
  const { state, outputs } = scan(
    ({ u, b }: Net, { h, n }: { h: Tensor; n: Tensor }, { x: xt, k }: { x: Tensor; k: Tensor }) => {
      const weight = cast(k, 'float32')
      const next = tanh(add(add(matMul(h, u), xt), b))
      const now = add(mul(weight, next), mul(sub(1, weight), h))
      return { state: { h: now, n: add(n, mul(now, now)) }, output: mul(now, xt) }
    },
    { params: net, state: { h: start, n: mul(start, 2) }, inputs: { x, k: kept }, reverse },
  )
  return add(sum(mul(state.n, state.h)), sum(outputs))
}

/** The same, written out. */
function writtenOut({ net, start, x }: Args, kept: Tensor, reverse: boolean): Tensor {
  let [h, n] = [start, mul(start, 2)]
  let total = sum(mul(start, 0))
  const positions = Array.from({ length: time }, (_, t) => t)
  for (const t of reverse ? positions.toReversed() : positions) {
    const at = (tensor: Tensor): Tensor => squeeze(slice(tensor, [t, 0, 0], [1, -1, -1]), [0])
    const weight = cast(at(kept), 'float32')
    const next = tanh(add(add(matMul(h, net.u), at(x)), net.b))
    h = add(mul(weight, next), mul(sub(1, weight), h))
    n = add(n, mul(h, h))
    total = add(total, sum(mul(h, at(x))))
  }
  return add(sum(mul(n, h)), total)
}

const r = random(4)
const args = {
  net: { u: r.normals([width, width], 0, 0.7), b: r.normals([width]) },
  start: r.normals([rows, width]),
  x: r.normals([time, rows, width]),
}

type Form = typeof scanned
const value = (form: Form, reverse: boolean) => (a: Args, k: Tensor) => form(a, k, reverse)
const first = (form: Form, reverse: boolean) => (a: Args, k: Tensor) =>
  grad((at: Args) => form(at, k, reverse))(a)
/** The gradient of the squared length of the gradient. */
const second = (form: Form, reverse: boolean) => (a: Args, k: Tensor) =>
  grad((at: Args) => {
    const g = grad((inner: Args) => form(inner, k, reverse))(at)
    return [g.net.u, g.net.b, g.start, g.x].map((leaf) => sum(mul(leaf, leaf))).reduce(add)
  })(a)

function numbers(tree: unknown): number[] {
  if (typeof tree === 'object' && tree !== null && 'data' in tree)
    return [...(tree as NDArray).data]
  return Object.values(tree as object).flatMap(numbers)
}

describe.each([false, true])('scan, in reverse: %s', (reverse) => {
  it.each([
    ['value', value],
    ['first derivative', first],
    ['second derivative', second],
  ])('has the %s of its steps written out', async (_, what) => {
    const run = (form: Form) =>
      jit(what(form, reverse) as (a: Args, k: Tensor) => Args, { engine })(args, keep)
    const [got, expected] = [numbers(await run(scanned)), numbers(await run(writtenOut))]
    expect(got).toHaveLength(expected.length)
    for (const [i, number] of expected.entries()) expect(got[i]).toBeCloseTo(number, 3)
  })
})

describe('scan', () => {
  const decay = (rate: Tensor, x: Tensor, reverse: boolean): Tensor =>
    scan(
      (by: Tensor, total: Tensor, input: Tensor) => {
        const next = add(mul(by, total), input)
        return { state: next, output: next }
      },
      { params: rate, state: mul(rate, 0), inputs: x, reverse },
    ).outputs

  it('puts the output of a position there', async () => {
    const both = jit(
      (rate: Tensor, x: Tensor) =>
        concat([expandDims(decay(rate, x, false), 0), expandDims(decay(rate, x, true), 0)], 0),
      { engine },
    )
    expect([...(await both(0.5, array([1, 2, 4]))).data]).toEqual([1, 2.5, 5.25, 3, 4, 4])
  })

  it('leaves nothing behind', async () => {
    const gradient = jit(
      (rate: Tensor, x: Tensor) => grad((at: Tensor) => sum(decay(at, x, false)))(rate),
      { engine },
    )
    await gradient(0.5, array([1, 2, 4]))
    const before = engine.memory().arrays
    for (let i = 0; i < 3; i++) await gradient(0.5, array([1, 2, 4]))
    expect(engine.memory().arrays).toBe(before)
  })

  it('refuses what it cannot walk over', async () => {
    const run = async (fn: (x: Tensor) => Tensor): Promise<NDArray> =>
      jit(fn, { engine })(array([1, 2]))
    const state = (x: Tensor): Tensor => sum(x)
    const walkWith =
      (step: (p: Tensor, s: Tensor, x: Tensor) => Tensor) =>
      (x: Tensor): Tensor =>
        scan((p: Tensor, s: Tensor, input: Tensor) => ({ state: step(p, s, input), output: s }), {
          params: x,
          state: state(x),
          inputs: x,
        }).state
    await expect(run(walkWith((p, s) => mul(p, s)))).rejects.toThrow(ShapeError)
    await expect(run(walkWith((_, s) => cast(s, 'int32')))).rejects.toThrow(DTypeError)
    const outside = (x: Tensor): Tensor => {
      const other = mul(x, 2)
      return walkWith((_, s) => add(s, sum(other)))(x)
    }
    await expect(run(outside)).rejects.toThrow('from outside')
    await expect(
      jit(
        walkWith((_, s) => s),
        { engine },
      )({ shape: [0], dtype: 'float32', data: new Float32Array(0) }),
    ).rejects.toThrow('at least one step')
  })
})
