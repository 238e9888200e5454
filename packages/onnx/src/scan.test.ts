import { taggerNetwork, taggerSettings } from '@deepstruct/feedforward'
import {
  add,
  array,
  check,
  DomainError,
  eagerEngine,
  type Engine,
  grad,
  greater,
  jit,
  loop,
  matMul,
  mul,
  type NDArray,
  ndarray,
  random,
  scan,
  sum,
  tanh,
  type Tensor,
} from '@deepstruct/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import { explain } from './explain.ts'
import { onnxEngine } from './onnx-engine.ts'

let engines: readonly Engine[]
beforeAll(async () => {
  engines = [await eagerEngine({ backend: 'cpu' }), await onnxEngine()]
})

type Args = { readonly u: Tensor; readonly b: Tensor; readonly x: Tensor }

/** A recurrent network; `x` is `[time, batch, 3]`. */
function network({ u, b, x }: Args, reverse = false): Tensor {
  const { state, outputs } = scan(
    (weights: { u: Tensor; b: Tensor }, { h, n }: { h: Tensor; n: Tensor }, input: Tensor) => {
      const next = tanh(add(add(matMul(h, weights.u), input), weights.b))
      return { state: { h: next, n: add(n, mul(h, next)) }, output: mul(next, input) }
    },
    { params: { u, b }, state: { h: mul(sum(x, 0), 0), n: sum(x, 0) }, inputs: x, reverse },
  )
  return add(sum(mul(state.n, state.h)), sum(mul(outputs, outputs)))
}

function given(time: number, batch: number): Record<keyof Args, NDArray> {
  const r = random(3)
  return {
    u: r.normals([3, 3], 0, 0.6),
    b: r.normals([3]),
    x: r.normals([time, batch, 3]),
  }
}

const forms = {
  value: (args: Args) => ({ value: network(args) }),
  reversed: (args: Args) => ({ value: network(args, true) }),
  gradient: (args: Args) => grad((at: Args) => network(at))(args),
  'gradient in reverse': (args: Args) => grad((at: Args) => network(at, true))(args),
  'second derivative': (args: Args) =>
    grad((at: Args) => {
      const g = grad((inner: Args) => network(inner))(at)
      return add(sum(mul(g.u, g.u)), sum(mul(g.x, g.x)))
    })(args),
}

function close(got: NDArray, expected: NDArray): void {
  expect(got.shape).toEqual(expected.shape)
  for (const [i, value] of expected.data.entries()) expect(got.data[i]).toBeCloseTo(value, 4)
}

describe('a scan', () => {
  it.each(Object.entries(forms))('gives the %s that it gives eagerly', async (_, form) => {
    const [eager, compiled] = engines.map((engine) =>
      jit(form as (args: Args) => Record<string, Tensor>, { engine }),
    )
    // The number of rows changes, then the length.
    for (const [time, batch] of [
      [6, 2],
      [6, 4],
      [6, 5],
      [9, 5],
    ] as const) {
      const args = given(time, batch)
      const [expected, got] = [await eager!(args), await compiled!(args)]
      for (const [key, { shape, data }] of Object.entries(expected)) {
        expect(got[key]!.shape).toEqual(shape)
        for (const [i, value] of data.entries())
          expect(Math.abs(got[key]!.data[i]! - value)).toBeLessThan(
            1e-4 * Math.max(1, Math.abs(value)),
          )
      }
    }
  })

  it('reads sentences as eagerly, with the gradient that is there, in batches of any size', async () => {
    const settings = taggerSettings({ wordWidth: 5, columnWidth: 2, units: 4 })
    const tagger = taggerNetwork(settings, { columns: [9, 4], tags: 3 })
    const params = tagger.init(random(5))
    type Params = Parameters<typeof tagger.apply>[0]
    const squares = (p: Params, ids: Tensor): Tensor => {
      const y = tagger.apply(p, ids)
      return sum(mul(y, y))
    }
    const [eager, compiled] = engines.map((engine) =>
      jit(
        (p: Params, ids: Tensor) => ({
          value: tagger.apply(p, ids),
          slopes: grad((at: Params) => squares(at, ids))(p),
        }),
        { engine },
      ),
    )
    for (const batch of [2, 3, 5]) {
      // Sentences of 6 tokens, 5, 4, ….
      const ids = Int32Array.from({ length: batch * 12 }, (_, i) => {
        const [row, t] = [Math.floor(i / 12), Math.floor((i % 12) / 2)]
        return t < 6 - row ? 1 + ((i * 7) % (i % 2 === 0 ? 8 : 3)) : 0
      })
      const x = ndarray(ids, [batch, 6, 2])
      const [expected, got] = [await eager!(params, x), await compiled!(params, x)]
      close(got.value, expected.value)
      close(
        got.slopes.features.recurrent.forward.recurrent,
        expected.slopes.features.recurrent.forward.recurrent,
      )
      close(
        got.slopes.features.recurrent.backward.kernel,
        expected.slopes.features.recurrent.backward.kernel,
      )
      close(got.slopes.features.embedding[0]!, expected.slopes.features.embedding[0]!)
    }
  })

  it('is one loop forward and one backward, whatever its length', async () => {
    const loops = (text: string): number => Number(/(\d+) × Scan/.exec(text)?.[1] ?? 0)
    const args = given(40, 2)
    expect(loops(await explain(forms.value, [args]))).toBe(1)
    expect(loops(await explain(forms.gradient, [args]))).toBe(2)
  })

  it('may lie in a loop, and may hold one', async () => {
    const nested = (x: Tensor): Tensor =>
      loop(
        3,
        ({ y }: { y: Tensor }) => ({
          y: scan(
            (rate: Tensor, total: Tensor, input: Tensor) => {
              const next = loop(
                600,
                ({ z }: { z: Tensor }) => ({ z: tanh(add(mul(z, rate), input)) }),
                { z: total },
              ).z
              return { state: next, output: next }
            },
            { params: sum(y), state: mul(sum(y), 0), inputs: y },
          ).outputs,
        }),
        { y: x },
      ).y
    const x = array([0.3, -0.2, 0.5])
    const [expected, got] = await Promise.all(
      engines.map(async (engine) => jit(nested, { engine })(x)),
    )
    for (const [i, value] of expected!.data.entries()) expect(got!.data[i]).toBeCloseTo(value, 4)
  })

  it('lets checks through', async () => {
    const checked = (x: Tensor): Tensor =>
      scan(
        (_: Tensor, total: Tensor, input: Tensor) => {
          check(
            greater(input, 0),
            () =>
              new DomainError({
                function: 'checked',
                argument: 'x',
                got: 'at most 0',
                expected: 'above',
              }),
          )
          return { state: add(total, input), output: total }
        },
        { params: sum(x), state: mul(sum(x), 0), inputs: x },
      ).state
    for (const engine of engines) {
      expect((await jit(checked, { engine })(array([1, 2]))).data[0]).toBe(3)
      await expect(jit(checked, { engine })(array([1, -2]))).rejects.toThrow(DomainError)
    }
  })
})
