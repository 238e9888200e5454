import { eagerEngine, filled, jit, ndarray, type Tensor, useEngine } from '@deepstruct/tensor'
import { beforeAll, expect, it } from 'vitest'
import { adam, adamW } from './adam.ts'
import { clipGlobalNorm } from './clip-norm.ts'
import type { Optimizer } from './optimizer.ts'
import { cosineDecay, exponentialDecay, piecewiseConstant, rateAt } from './schedule.ts'
import { sgd } from './sgd.ts'

beforeAll(async () => useEngine(await eagerEngine({ backend: 'cpu' })))

const gradients = [
  [0.5, -1, 2],
  [0.1, 0.3, -4],
  [-0.2, 0, 1],
  [3, 1e-3, 0],
]

/** Runs an optimizer over the gradients from (1, 1, 1). */
async function trajectory(optimizer: Optimizer): Promise<number[]> {
  let parameter = ndarray([1, 1, 1], [3, 1])
  let slots = Object.fromEntries(optimizer.slots.map((slot) => [slot, filled([3, 1], 0)]))
  const step = jit(
    (p: Tensor, g: Tensor, s: Record<string, Tensor>, scalars: Record<string, Tensor>) =>
      optimizer.update(p, g, s, scalars),
  )
  for (const [i, g] of gradients.entries()) {
    const next = await step(parameter, ndarray(g, [3, 1]), slots, optimizer.scalars(i))
    parameter = next.parameter
    slots = next.slots
  }
  return [...parameter.data]
}

/** The published update of one coordinate, in double precision. */
function reference(
  rule: (state: { p: number; [slot: string]: number }, g: number, t: number) => void,
): number[] {
  return [0, 1, 2].map((coordinate) => {
    const state = { p: 1, m: 0, v: 0 }
    for (const [i, g] of gradients.entries()) rule(state, g[coordinate] as number, i + 1)
    return state.p
  })
}

const close = (got: number[], wanted: number[]): void => {
  for (const [i, value] of wanted.entries()) expect(got[i]).toBeCloseTo(value, 5)
}

it('sgd follows the gradient', async () => {
  close(
    await trajectory(sgd({ rate: 0.1 })),
    reference((s, g) => void (s.p -= 0.1 * g)),
  )
})

it.each([false, true])('sgd has momentum as in PyTorch (Nesterov: %s)', async (nesterov) => {
  close(
    await trajectory(sgd({ rate: 0.1, momentum: 0.9, nesterov })),
    reference((s, g) => {
      s['m'] = 0.9 * (s['m'] as number) + g
      s.p -= 0.1 * (nesterov ? g + 0.9 * s['m'] : s['m'])
    }),
  )
})

const adamRule =
  (rate: number, decay: number) =>
  (s: { p: number; [slot: string]: number }, g: number, t: number): void => {
    s.p *= 1 - rate * decay
    s['m'] = 0.9 * (s['m'] as number) + 0.1 * g
    s['v'] = 0.999 * (s['v'] as number) + 0.001 * g * g
    s.p -= (rate * s['m']) / (1 - 0.9 ** t) / (Math.sqrt(s['v'] / (1 - 0.999 ** t)) + 1e-8)
  }

it('adam is algorithm 1 of Kingma and Ba', async () => {
  close(await trajectory(adam({ rate: 0.1 })), reference(adamRule(0.1, 0)))
})

it('adamW decays the weights apart from the gradient', async () => {
  close(await trajectory(adamW({ rate: 0.1, weightDecay: 0.3 })), reference(adamRule(0.1, 0.3)))
  // [3, 1] counts as a matrix.
  close(
    await trajectory(adamW({ rate: 0.1, weightDecay: 0.3, decays: 'matrices' })),
    reference(adamRule(0.1, 0.3)),
  )
})

it('clips the global norm, and only when it is too long', async () => {
  const clip = jit((a: Tensor, b: Tensor, bound: Tensor) =>
    clipGlobalNorm([a, b], 2).concat([bound]),
  )
  const [a, b] = await clip(ndarray([3]), ndarray([4, 0]), 1)
  expect([...(a?.data ?? []), ...(b?.data ?? [])].map((x) => Number(x.toFixed(5)))).toEqual([
    1.2, 1.6, 0,
  ])
  const [small] = await clip(ndarray([0.3]), ndarray([0, 0]), 1)
  expect(small?.data[0]).toBeCloseTo(0.3, 6)
  const [zero] = await clip(ndarray([0]), ndarray([0, 0]), 1)
  expect(zero?.data[0]).toBe(0)
})

it('schedules rates', () => {
  const steps = piecewiseConstant(1, [2, 4])
  expect([0, 1, 2, 3, 4].map((t) => rateAt(steps, t))).toEqual([
    1,
    1,
    0.1,
    0.1,
    expect.closeTo(0.01, 12),
  ])
  expect(rateAt(exponentialDecay(1, 10, 0.5), 20)).toBeCloseTo(0.25, 12)
  const cosine = cosineDecay(1, 10, { warmup: 2, floor: 0.1 })
  expect([0, 1, 2].map((t) => rateAt(cosine, t))).toEqual([0.5, 1, 1])
  expect(rateAt(cosine, 6)).toBeCloseTo(0.55, 12)
  expect(rateAt(cosine, 99)).toBeCloseTo(0.1, 12)
  expect(rateAt(0.3, 7)).toBe(0.3)
})
