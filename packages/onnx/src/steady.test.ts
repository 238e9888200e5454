import {
  add,
  array,
  dispose,
  jit,
  matMul,
  type NDArray,
  random,
  tanh,
  type Tensor,
} from '@deepstruct/tensor'
import { describe, expect, it } from 'vitest'
import type { Arguments } from './arguments.ts'
import type { Compiled } from './compile.ts'
import { onnxEngine } from './onnx-engine.ts'
import { steady } from './steady.ts'

/** A compiled function that says which constants it has. */
function compiledWith(
  constants: ReadonlyMap<number, NDArray>,
): Compiled & { readonly constants: ReadonlyMap<number, NDArray> } {
  return {
    constants,
    report: { shapes: [], nodes: 0, traceMs: 0, sessionMs: 0 },
    cost: 0,
    rebuild: () => [],
    withConstants: compiledWith,
    compute: () => Promise.resolve({}),
    results: () => [],
  }
}
const plain = compiledWith(new Map())

function call(arrays: readonly NDArray[], held: readonly boolean[]): Arguments {
  return { arrays, held, positions: [...arrays.keys()], structure: '', rebuild: () => [] }
}

describe('what an engine holds', () => {
  const w = array([1, 2])
  const other = array([1, 2])
  const constantsAfter = (calls: number, given: (i: number) => Arguments) => {
    const find = steady(plain)
    let last: Compiled = plain
    for (let i = 0; i <= calls; i++) last = find(given(i))
    return [...(last as typeof plain).constants]
  }

  it('becomes constant after 64 calls, and stays so', () => {
    const each = (i: number): Arguments => call([array([i]), w], [false, true])
    expect(constantsAfter(63, each)).toEqual([])
    expect(constantsAfter(64, each)).toEqual([[1, w]])
    expect(constantsAfter(200, each)[0]![1]).toBe(w)
  })

  it('is what the arguments are once they are others', () => {
    const find = steady(plain)
    const use = (given: NDArray): readonly NDArray[] => [
      ...(find(call([given], [true])) as typeof plain).constants.values(),
    ]
    for (let i = 0; i < 100; i++) use(w)
    expect(use(w)).toEqual([w])
    expect(use(other)).toEqual([])
    for (let i = 0; i < 100; i++) use(other)
    expect(use(other)[0]).toBe(other)
  })

  it('stays an argument where it changes, is not held, or is large', () => {
    expect(constantsAfter(300, (i) => call([i % 2 === 0 ? w : other], [true]))).toEqual([])
    expect(constantsAfter(300, () => call([w], [false]))).toEqual([])
    const large = { ...w, shape: [2 ** 24 + 1], data: new Float32Array(2 ** 24 + 1) }
    expect(constantsAfter(300, () => call([large], [true]))).toEqual([])
  })
})

it.each([1, 2])(
  'a prediction stays the same when parameters become constants, on %i threads',
  async (threads) => {
    const engine = await onnxEngine({ threads })
    const width = 64
    const params = random(1).normals([width, width], 0, 0.1)
    const predict = jit((w: Tensor, x: Tensor) => tanh(add(matMul(x, w), 1)), {
      split: [1],
      engine,
    })
    // The larger ones are shared among workers.
    for (const x of [random(2).normals([3, width]), random(3).normals([2000, width])]) {
      const held = await engine.put<Tensor>(params)
      const expected = await predict(params, x)
      for (let i = 0; i < 70; i++) {
        const { data } = await predict(held, x)
        let largest = 0
        for (const [j, value] of data.entries())
          largest = Math.max(largest, Math.abs(value - expected.data[j]!))
        expect(largest).toBeLessThan(1e-6)
      }
      const changed = await engine.put<Tensor>(random(4).normals([width, width], 0, 0.1))
      expect(await predict(changed, x)).not.toEqual(expected)
      dispose(held)
      dispose(changed)
    }
    await engine.close()
  },
)
