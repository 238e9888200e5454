import {
  array,
  constant,
  DomainError,
  grad,
  jit,
  type NDArray,
  ndarray,
  random,
  ShapeError,
  sum,
  takeRows,
  type Tensor,
} from '@deepstruct/tensor'
import { checkGradient } from '@deepstruct/testing'
import { describe, expect, it } from 'vitest'
import { bilstm, type BilstmParams } from './bilstm.ts'
import { lstm, type LstmParams } from './lstm.ts'
import type { Sequence } from './sequence.ts'

const [batch, length, inputs, units] = [3, 5, 2, 4]
const lengths = [5, 3, 1]
const values = random(1).normals([batch, length, inputs])
const mask = array(lengths.map((n) => Array.from({ length }, (_, t) => (t < n ? 1 : 0))))

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

/** One sequence, in plain numbers: the outputs at the positions of `order`. */
function byHand(
  params: { readonly [K in keyof LstmParams]: NDArray },
  x: NDArray,
  row: number,
  order: readonly number[],
): Map<number, number[]> {
  let h = Array.from({ length: units }, () => 0)
  let c = h
  const outputs = new Map<number, number[]>()
  for (const t of order) {
    const gates = Array.from({ length: 4 * units }, (_, j) => {
      let gate = params.bias.data[j]!
      for (let i = 0; i < inputs; i++)
        gate += x.data[(row * length + t) * inputs + i]! * params.kernel.data[i * 4 * units + j]!
      for (let k = 0; k < units; k++) gate += h[k]! * params.recurrent.data[k * 4 * units + j]!
      return gate
    })
    c = c.map(
      (before, k) =>
        sigmoid(gates[units + k]!) * before + sigmoid(gates[k]!) * Math.tanh(gates[2 * units + k]!),
    )
    h = c.map((memory, k) => sigmoid(gates[3 * units + k]!) * Math.tanh(memory))
    outputs.set(t, h)
  }
  return outputs
}

describe.each([false, true])('lstm, in reverse: %s', (reverse) => {
  const network = lstm({ inputs, units, reverse })
  const params = network.init(random(2))

  it('computes its formula, from the beginning or the end of each sequence', async () => {
    const { shape, data } = await jit(network.apply)(params, { values, mask })
    expect(shape).toEqual([batch, length, units])
    for (const [row, n] of lengths.entries()) {
      const positions = Array.from({ length: n }, (_, t) => t)
      const expected = byHand(params, values, row, reverse ? positions.toReversed() : positions)
      for (let t = 0; t < length; t++)
        for (let k = 0; k < units; k++)
          expect(data[(row * length + t) * units + k]).toBeCloseTo(expected.get(t)?.[k] ?? 0, 5)
    }
  })

  it('has the gradient that differences have', async () => {
    await checkGradient(
      (kernel, recurrent, bias, x) =>
        network.apply(
          { kernel: kernel, recurrent: recurrent, bias: bias },
          { values: x, mask: constant(mask) },
        ),
      [params.kernel, params.recurrent, params.bias, values],
    )
  })

  it('learns nothing from padding', async () => {
    const gradient = jit((p: LstmParams, v: Tensor, m: Tensor) =>
      grad((x: Tensor) => sum(network.apply(p, { values: x, mask: m })))(v),
    )
    const v = await gradient(params, values, mask)
    expect([...v.data.subarray((batch * length - 4) * inputs)].every((x) => x === 0)).toBe(true)
  })
})

describe('bilstm', () => {
  const network = bilstm({ inputs, units })
  const params = network.init(random(3))

  it('reads a sequence alone as it reads it padded in a batch', async () => {
    const run = jit(network.apply)
    const { data } = await run(params, { values, mask })
    for (const [row, n] of lengths.entries()) {
      const alone: NDArray = {
        shape: [1, n, inputs],
        dtype: 'float32',
        data: takeRows(values, row, row + 1).data.slice(0, n * inputs),
      }
      const width = 2 * units
      const expected = (await run(params, { values: alone })).data
      const got = data.subarray(row * length * width, (row * length + n) * width)
      for (const [i, value] of expected.entries()) expect(got[i]).toBeCloseTo(value, 5)
    }
  })

  it('repeats its first parameters and tells its directions apart', () => {
    expect(network.init(random(3))).toEqual(params)
    expect(params.forward.kernel.data).not.toEqual(params.backward.kernel.data)
    expect([...params.forward.bias.data]).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0])
  })

  it('drops features where the mask of noise says', async () => {
    const dropping = bilstm({ inputs, units, dropout: 0.5 })
    expect(dropping.noise({ values, mask })).toEqual({
      input: { kind: 'dropout', shape: [batch, length, inputs], rate: 0.5 },
    })
    expect(network.noise({ values })).toBeUndefined()
    const drop = random(5).bernoullis([batch, length, inputs], 0.5)
    const product = ndarray(
      values.data.map((value, i) => value * drop.data[i]!),
      values.shape,
    )
    const run = jit((p: BilstmParams, x: Sequence, input: Tensor) =>
      dropping.apply(p, x, { input }),
    )
    const plain = jit((p: BilstmParams, x: Sequence) => dropping.apply(p, x))
    expect((await run(params, { values, mask }, drop)).data).toEqual(
      (await plain(params, { values: product, mask })).data,
    )
  })

  it('refuses what does not fit', async () => {
    expect(() => bilstm({ inputs: 0, units })).toThrow(DomainError)
    expect(() => bilstm({ inputs, units, dropout: 1 })).toThrow(DomainError)
    const run = jit((p: BilstmParams, x: Sequence) => network.apply(p, x))
    await expect(run(params, { values, mask: takeRows(mask, 0, 2) })).rejects.toThrow(ShapeError)
    await expect(run(params, { values: array([[1, 2]]) })).rejects.toThrow(ShapeError)
    await expect(run(bilstm({ inputs, units: 2 }).init(random(1)), { values })).rejects.toThrow(
      ShapeError,
    )
  })
})
