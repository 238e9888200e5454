import {
  add,
  array,
  currentEngine,
  DomainError,
  filled,
  type Host,
  matMul,
  mul,
  neg,
  type NDArray,
  put,
  random,
  ShapeError,
  sigmoid,
  softplus,
  sub,
  sum,
  type Tensor,
} from '@deepstruct/tensor'
import { describe, expect, it } from 'vitest'
import {
  box,
  energySolver,
  type EnergyNetwork,
  predictor,
  projectedGradient,
  type TracedSolution,
} from './index.ts'

interface Params {
  readonly kernel: Tensor
}

/** $\sum_i y_i \langle k_i, x \rangle + \frac12 \lVert y \rVert^2$: its minimum is $-\langle k_i, x \rangle$, clipped. */
const network: EnergyNetwork<Params, Tensor, Tensor> = {
  init: (source) => ({ kernel: source.normals([3, 2]) }),
  encode: ({ kernel }, x) => matMul(x, kernel),
  energy: (_, scores, y) => sum(add(mul(y, scores), mul(0.5, mul(y, y))), 1),
  domain: () => box([2]),
}
const params = network.init(random(1))
const solve = energySolver(network, projectedGradient({ stepSize: 0.5, steps: 30 }))
const inputs = random(2).normals([10, 3])

const expected = ({ data }: NDArray): number[] =>
  Array.from({ length: data.length / 3 }, (_, row) =>
    [0, 1].map((label) => {
      let score = 0
      for (let k = 0; k < 3; k++) score += data[row * 3 + k]! * params.kernel.data[k * 2 + label]!
      return Math.min(1, Math.max(0, -score))
    }),
  ).flat()

describe('energySolver', () => {
  it('minimizes the energy of each row', async () => {
    const { y, status, steps } = await predictor({ solve, params }).predict(inputs)
    expect(y.shape).toEqual([10, 2])
    for (const [i, value] of expected(inputs).entries()) expect(y.data[i]).toBeCloseTo(value, 4)
    expect(status).toEqual(Array.from({ length: 10 }, () => 'step limit'))
    expect([...steps.data]).toEqual(Array.from({ length: 10 }, () => 30))
  })

  it('starts where the network says', async () => {
    const started = { ...network, start: (_: Params, scores: Tensor) => sigmoid(sub(0, scores)) }
    const one = energySolver(started, projectedGradient({ stepSize: 1e-6, steps: 1 }))
    const { y } = await predictor({ solve: one, params }).predict(inputs)
    const centered = energySolver(network, projectedGradient({ stepSize: 1e-6, steps: 1 }))
    const { y: center } = await predictor({ solve: centered, params }).predict(inputs)
    expect(center.data.every((value) => Math.abs(value - 0.5) < 1e-4)).toBe(true)
    expect(y.data.some((value) => Math.abs(value - 0.5) > 0.1)).toBe(true)
  })
})

describe('predictor', () => {
  it('predicts in blocks what it predicts at once', async () => {
    const whole = await predictor({ solve, params }).predict(inputs)
    const blocks = await predictor({ solve, params, batchSize: 4 }).predict(inputs)
    expect(blocks).toEqual(whole)
    const held = await predictor({
      solve,
      params: await put<Params>(params),
      batchSize: 3,
    }).predict(inputs)
    expect(held).toEqual(whole)
  })

  it('takes inputs of several arrays, and a handle', async () => {
    interface Pair {
      readonly a: Tensor
      readonly scale: Tensor
    }
    const pairs = (p: Params, { a, scale }: Pair): TracedSolution => solve(p, mul(a, scale))
    const both = predictor<Params, Pair>({ solve: pairs, params, batchSize: 4 })
    const direct = await both.predict({ a: inputs, scale: 1 })
    expect(direct).toEqual(await predictor({ solve, params }).predict(inputs))
    const handle = await put<Pair>({ a: inputs, scale: filled([], 1) })
    const { y } = await both.predict(handle)
    for (const [i, value] of y.data.entries()) expect(value).toBeCloseTo(direct.y.data[i]!, 6)
    await expect(both.predict({ a: inputs, scale: filled([9, 1], 1) })).rejects.toThrow(ShapeError)
  })

  it('decodes by the threshold, or as it is told', async () => {
    const y = array([[0.2, 0.5, 0.7]])
    expect([...predictor({ solve, params }).decode(y).data]).toEqual([0, 0, 1])
    expect([...predictor({ solve, params, threshold: 0.1 }).decode(y).data]).toEqual([1, 1, 1])
    const decode = ({ shape }: NDArray): NDArray => filled(shape, 3, 'int32')
    expect([...predictor({ solve, params, decode }).decode(y).data]).toEqual([3, 3, 3])
  })

  it('reports rows that diverged', async () => {
    const wild: EnergyNetwork<Params, Tensor, Tensor> = {
      ...network,
      energy: (_, scores, y) => neg(sum(softplus(mul(mul(scores, y), 1e38)), 1)),
    }
    const host: Host<Params> = { kernel: filled([3, 2], 1) }
    const { status } = await predictor({
      solve: energySolver(wild, projectedGradient({ steps: 3 })),
      params: host,
    }).predict(
      array([
        [10, 10, 10],
        [0, 0, 0],
      ]),
    )
    expect(status).toEqual(['diverged', 'step limit'])
  })

  describe('with a signal', () => {
    /** A predictor that reports each block, before it is worked on. */
    const watched = (onBlock: (block: number) => void) => {
      let blocks = 0
      return predictor<Params, Tensor>({
        params,
        batchSize: 3,
        solve(p, x) {
          onBlock(++blocks)
          return solve(p, x)
        },
      })
    }

    it('ends before the next block, with its reason', async () => {
      const stop = new AbortController()
      const reason = new RangeError('enough')
      const seen: number[] = []
      const each = watched((block) => {
        seen.push(block)
        if (block === 2) stop.abort(reason)
      })
      const { arrays } = (await currentEngine()).memory()
      await expect(each.predict(inputs, { signal: stop.signal })).rejects.toBe(reason)
      expect(seen).toEqual([1, 2])
      // What was uploaded for the blocks is freed.
      expect((await currentEngine()).memory().arrays).toBe(arrays)
      // The signal belongs to that call alone.
      expect((await each.predict(inputs)).y).toEqual(
        (await predictor({ solve, params }).predict(inputs)).y,
      )
    })

    it('that was aborted does nothing at all, whether there are blocks or not', async () => {
      const seen: number[] = []
      const each = watched((block) => seen.push(block))
      const signal = AbortSignal.abort()
      for (const x of [inputs, filled([2, 3], 1), await put<Tensor>(inputs)])
        await expect(each.predict(x, { signal })).rejects.toBe(signal.reason)
      expect(seen).toEqual([])
    })

    it('that is not aborted changes nothing', async () => {
      const { signal } = new AbortController()
      expect(await predictor({ solve, params, batchSize: 4 }).predict(inputs, { signal })).toEqual(
        await predictor({ solve, params }).predict(inputs),
      )
    })

    it('hears of a timer between blocks', async () => {
      const stop = new AbortController()
      const slow = watched(() => {
        const end = performance.now() + 60
        while (performance.now() < end);
      })
      setTimeout(() => stop.abort('time is up'), 1)
      await expect(slow.predict(inputs, { signal: stop.signal })).rejects.toBe('time is up')
    })
  })

  it('refuses a batch size that is none', () => {
    expect(() => predictor({ solve, params, batchSize: 0 })).toThrow(DomainError)
  })
})
