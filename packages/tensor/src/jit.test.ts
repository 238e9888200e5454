import { memory } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  add,
  array,
  check,
  type Device,
  dispose,
  DivergenceError,
  DTypeError,
  eagerEngine,
  type Engine,
  EngineError,
  grad,
  greater,
  jit,
  loop,
  matMul,
  mul,
  ndarray,
  read,
  scope,
  ShapeError,
  sub,
  sum,
  type Tensor,
  useEngine,
  valueAndGrad,
  zeros,
} from './index.ts'

describe.each(['wasm', 'cpu'] as const)('jit on %s', (backend) => {
  let engine: Engine
  beforeAll(async () => {
    engine = await eagerEngine({ backend })
    useEngine(engine)
  })

  it('runs a function of arrays', async () => {
    const product = jit((a: Tensor, b: Tensor) => matMul(a, b))
    const { shape, data } = await product(array([[1, 2]]), array([[3], [4]]))
    expect(shape).toEqual([1, 1])
    expect([...data]).toEqual([11])
  })

  it('keeps the structure of arguments and results', async () => {
    const f = jit(({ a, b }: { a: Tensor; b: readonly Tensor[] }) => ({
      sums: b.map((x) => add(x, a)),
      a,
    }))
    const { sums, a } = await f({ a: 1, b: [array([1, 2]), array([3])] })
    expect(sums.map(({ data }) => [...data])).toEqual([[2, 3], [4]])
    expect([...a.data]).toEqual([1])
  })

  it('computes values and gradients, with further results beside them', async () => {
    const f = jit((w: { v: Tensor; unused: Tensor }) =>
      valueAndGrad(({ v }: { v: Tensor; unused: Tensor }) => ({
        value: sum(mul(v, add(v, 1))),
        aux: { doubled: mul(v, 2) },
      }))(w),
    )
    const { value, grad: gradient, aux } = await f({ v: array([1, 2]), unused: array([[7]]) })
    expect([...value.data]).toEqual([8])
    expect([...gradient.v.data]).toEqual([3, 5])
    expect([...gradient.unused.data]).toEqual([0])
    expect([...aux.doubled.data]).toEqual([2, 4])
  })

  it('keeps and donates state', async () => {
    const step = jit(
      (state: { w: Tensor }, x: Tensor) => ({ state: { w: add(state.w, x) }, seen: state.w }),
      {
        keep: ['state'],
        donate: [0],
      },
    )
    const before = memory().numTensors
    const first = await step({ w: array([1]) }, 1)
    const handle: Device<{ w: Tensor }> = first.state
    expect(memory().numTensors).toBe(before + 1)
    const second = await step(handle, 2)
    expect([...second.seen.data]).toEqual([2])
    expect([...(await read(second.state)).w.data]).toEqual([4])
    await expect(step(handle, 1)).rejects.toThrow(EngineError)
    dispose(second.state)
    await expect(read(second.state)).rejects.toThrow(/disposed/)
    expect(memory().numTensors).toBe(before)
  })

  it('loses nothing when a run fails', async () => {
    const before = memory().numTensors
    const fragile = jit(
      (state: Tensor, x: Tensor) => {
        check(
          greater(x, 0),
          () =>
            new DivergenceError({
              function: 'fragile',
              argument: 'x',
              got: 'negative',
              expected: 'positive',
            }),
        )
        return { state: add(state, x) }
      },
      { keep: ['state'], donate: [0] },
    )
    const { state } = await fragile(1, 1)
    await expect(fragile(state, -1)).rejects.toThrow(DivergenceError)
    expect([...(await read(state)).data]).toEqual([2])
    const thrown = jit((x: Tensor) => {
      valueAndGrad((v: Tensor) => {
        sum(mul(v, v))
        throw new RangeError('no')
      })(x)
      return x
    })
    await expect(thrown(array([1]))).rejects.toThrow(RangeError)
    dispose(state)
    expect(memory().numTensors).toBe(before)
  })

  it('looks at checks inside gradients and loops after the run', async () => {
    const before = engine.memory().arrays
    const demanding = jit((x: Tensor) =>
      loop(
        3,
        (state: { y: Tensor }) => ({
          y: grad((y: Tensor) => {
            check(
              greater(y, 0),
              () =>
                new DivergenceError({
                  function: 'demanding',
                  argument: 'y',
                  got: 'negative',
                  expected: 'positive',
                }),
            )
            return sum(mul(y, y))
          })(state.y),
        }),
        { y: x },
      ),
    )
    expect([...(await demanding(array([1]))).y.data]).toEqual([8])
    await expect(demanding(array([-1]))).rejects.toThrow(DivergenceError)
    expect(engine.memory().arrays).toBe(before)
  })

  it('refuses what is no array, and says where it sits', async () => {
    const f = jit((x: { a: Tensor }) => x.a)
    await expect(f({ a: 'text' as never })).rejects.toThrow(DTypeError)
    await expect(f({ a: 'text' as never })).rejects.toThrow(/: a is string, expected a plain array/)
    const g = jit((x: Tensor) => ({ y: x, oops: 'text' }))
    await expect(g(1)).rejects.toThrow(/oops is string/)
  })

  it('demands scalars for gradients', async () => {
    const f = jit((x: Tensor) => valueAndGrad((v: Tensor) => mul(v, v))(x).grad)
    await expect(f(array([1, 2]))).rejects.toThrow(ShapeError)
  })

  it('never aliases what it was given', async () => {
    const x = ndarray(new Float32Array([1, 2]))
    const same = jit((y: Tensor) => y)
    const { data } = await same(x)
    data[0] = 9
    expect(x.data[0]).toBe(1)
  })

  it('evaluates a scope', async () => {
    expect([...(await scope(() => sub(zeros([2]), 1))).data]).toEqual([-1, -1])
  })
})
