import {
  bestSoFar,
  box,
  logitGradient,
  type Minimizer,
  mirrorDescent,
  projectedGradient,
  unrolled,
} from '@deepstruct/inference'
import {
  add,
  dot,
  eagerEngine,
  type Engine,
  isFinite,
  jit,
  lessEqual,
  logicalAnd,
  matMul,
  mul,
  ndarray,
  random,
  reshape,
  softplus,
  sqrt,
  sub,
  sum,
  type Tensor,
  where,
} from '@deepstruct/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import { onnxEngine } from './onnx-engine.ts'

let engines: readonly Engine[]
beforeAll(async () => {
  engines = [await eagerEngine({ backend: 'cpu' }), await onnxEngine()]
})

const labels = 5
const draw = random(5)
const scores = draw.normals([4, labels])
const measure = draw.normals([labels, 3])
const weigh = draw.normals([3, 1])

type Penalty = (y: Tensor, limit: Tensor) => Tensor

/** What is added to the energy beyond a limit, `[batch, 1]`, that no point reaches in most rows. */
const penalties: Readonly<Record<string, Penalty>> = {
  none: () => sub(0, 0),
  'no number beyond the limit': (y, limit) => sum(where(lessEqual(y, limit), 0, Number.NaN), 1),
  'no gradient beyond the limit': (y, limit) => mul(1e-3, sum(sqrt(sub(limit, y)), 1)),
  'seen by its gradient only': (y, limit) => {
    const seen = logicalAnd(isFinite(y), lessEqual(y, limit))
    return mul(1e-3, sum(where(seen, sqrt(sub(limit, y)), 0), 1))
  },
  infinite: (y) => sum(mul(mul(y, 1e30), 1e30), 1),
}

const minimizers: Readonly<Record<string, Minimizer>> = {
  plain: projectedGradient({ steps: 12 }),
  'with momentum and decay': projectedGradient({ steps: 12, momentum: 0.6, decay: 0.1 }),
  'with the last point': projectedGradient({ steps: 12, fallback: 'last' }),
  'with a tolerance': projectedGradient({ steps: 12, tolerance: 1e-3 }),
  'with a trace': projectedGradient({ steps: 12, trace: true }),
  'with backtracking': projectedGradient({ steps: 12, stepSize: 0.5, backtracking: {} }),
  'of the best point': bestSoFar(projectedGradient({ steps: 12 })),
  'of logits': logitGradient({ steps: 12 }),
  'by mirror descent': mirrorDescent({ steps: 12, stepSize: 0.3 }),
  unrolled: unrolled(projectedGradient({ steps: 12 })),
  long: projectedGradient({ steps: 400, stepSize: 0.05 }),
}

const cases = Object.keys(minimizers).flatMap((minimizer) =>
  Object.keys(penalties).map((penalty) => ({ minimizer, penalty })),
)

describe('inference, compiled, ends as it does eagerly', () => {
  it.each(cases)('$minimizer, $penalty', async ({ minimizer, penalty }) => {
    const solve = (s: Tensor, m: Tensor, w: Tensor, limit: Tensor) => {
      const domain = box([labels])
      const energy = (y: Tensor): Tensor => {
        const global = reshape(matMul(softplus(matMul(y, m)), w), [-1])
        return add(sub(global, dot(s, y)), penalties[penalty]!(y, limit))
      }
      return { ...minimizers[minimizer]!({ energy, domain, start: domain.start(4) }) }
    }
    const limit = ndarray(Float32Array.from([0.7, 9, 0.6, 9]), [4, 1])
    const [expected, got] = await Promise.all(
      engines.map(async (engine) => jit(solve, { engine })(scores, measure, weigh, limit)),
    )
    expect([...got!.status.data]).toEqual([...expected!.status.data])
    expect([...got!.steps.data]).toEqual([...expected!.steps.data])
    for (const part of ['y', 'energy'] as const)
      for (const [i, value] of expected![part].data.entries()) {
        const other = got![part].data[i]!
        expect(
          Object.is(other, value) || Math.abs(other - value) < 1e-5,
          `${part} ${other}, eagerly ${value}`,
        ).toBe(true)
      }
  })

  it('with rows that diverge among them', async () => {
    const solve = (s: Tensor, limit: Tensor) => {
      const domain = box([labels])
      const energy = (y: Tensor): Tensor =>
        sub(penalties['no gradient beyond the limit']!(y, limit), dot(s, y))
      return { ...minimizers['plain']!({ energy, domain, start: domain.start(4) }) }
    }
    const limit = ndarray(Float32Array.from([0.7, 9, 0.6, 9]), [4, 1])
    const { status, y } = await jit(solve, { engine: engines[1]! })(scores, limit)
    expect([...status.data]).toEqual([2, 1, 2, 1])
    expect(new Set(y.data.subarray(0, labels))).toEqual(new Set([0.5]))
  })
})
