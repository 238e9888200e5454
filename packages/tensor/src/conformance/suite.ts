import { memory } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '../engine/engine.ts'
import { grad } from '../gradient.ts'
import { jit } from '../jit.ts'
import type { NDArray } from '../ndarray.ts'
import { add, mul } from '../ops/arithmetic.ts'
import { square } from '../ops/elementwise.ts'
import { sum } from '../ops/reduction.ts'
import type { Tensor } from '../ops/tensor.ts'
import { random } from '../random.ts'
import type { OpCase } from './op-case.ts'
import type { Wide } from './wide.ts'

/** Relative to 1 + the largest reference value; float32 has 6e-8. */
const tolerance = { value: 1e-5, first: 5e-5, second: 2e-4 }

/** Runs every case on an engine: values, first and second derivatives, and that no tensor is left. */
export function conformance(start: () => Promise<Engine>, cases: readonly OpCase[]): void {
  let engine: Engine
  beforeAll(async () => {
    engine = await start()
  })
  for (const op of new Set(cases.map((use) => use.op)))
    describe(`op ${op}`, () => {
      it.each(cases.filter((use) => use.op === op))('$detail', async (use) => {
        const draw = random(hash(`${use.op} ${use.detail}`))
        const inputs = use.inputs.map((sample) => sample(draw))
        const before = memory()
        const results = await jit((xs: readonly Tensor[]) => many(use.apply(...xs)), { engine })(
          inputs,
        )
        const expected = many(use.reference(...inputs.map(widen)))
        expect(results.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape))
        expect(results.map(({ dtype }) => dtype)).toEqual(
          expected.map(() => use.dtype ?? 'float32'),
        )
        for (const [i, result] of results.entries())
          expectClose('value', result.data, expected[i]!.data)
        if (use.differentiable !== false) await checkDerivatives(engine, use, inputs)
        expect(memory().numTensors).toBe(before.numTensors)
        expect(memory().numDataBuffers).toBe(before.numDataBuffers)
      })
    })
}

/**
 * The derivatives of $\sum_k w_k y_k + \frac{1}{2} u_k y_k^2$ for random $w$ and $u$: with the square, the gradient that reaches the
 * op depends on its input, so the second derivative also tests how the op's gradient is differentiated where the op is linear.
 */
async function checkDerivatives(
  engine: Engine,
  use: OpCase,
  inputs: readonly NDArray[],
): Promise<void> {
  const draw = random(hash(`derivatives of ${use.op} ${use.detail}`))
  const floats = inputs.flatMap(({ dtype }, i) => (dtype === 'float32' ? [i] : []))
  if (floats.length === 0) return
  const moving = floats.map((i) => inputs[i]!)
  const results = many(use.reference(...inputs.map(widen)))
  const like = ({ shape }: { readonly shape: readonly number[] }): NDArray =>
    draw.uniforms(shape, -1, 1)
  const linear = results.map(like)
  const quadratic = results.map(like)
  const direction = moving.map(like)

  const derivatives = jit(
    (all: readonly Tensor[], w: readonly Tensor[], u: readonly Tensor[], v: readonly Tensor[]) => {
      const objective = (xs: readonly Tensor[]): Tensor => {
        const outputs = many(use.apply(...all.map((x, i) => xs[floats.indexOf(i)] ?? x)))
        return total(outputs.map((y, k) => add(mul(w[k]!, y), mul(0.5, mul(u[k]!, square(y))))))
      }
      const first = grad(objective)
      const xs = floats.map((i) => all[i]!)
      const along = (at: readonly Tensor[]): Tensor => total(first(at).map((g, i) => mul(g, v[i]!)))
      return { first: first(xs), second: grad(along)(xs) }
    },
    { engine },
  )
  const { first, second } = await derivatives(inputs, linear, quadratic, direction)

  const objective = (xs: readonly Wide[]): number =>
    many(use.reference(...inputs.map((x, i) => xs[floats.indexOf(i)] ?? widen(x)))).reduce(
      (sums, { data }, k) =>
        data.reduce(
          (partial, y, j) =>
            partial + linear[k]!.data[j]! * y + 0.5 * quadratic[k]!.data[j]! * y * y,
          sums,
        ),
      0,
    )
  const base = moving.map(widen)
  for (const [i, { data }] of base.entries()) {
    const nudged = (step: number, j: number, along: number): number =>
      objective(
        base.map((x, k) => ({
          shape: x.shape,
          data: x.data.map(
            (value, l) => value + along * direction[k]!.data[l]! + (k === i && l === j ? step : 0),
          ),
        })),
      )
    const h = 1e-5
    const slope = data.map((_, j) => (nudged(h, j, 0) - nudged(-h, j, 0)) / (2 * h))
    expectClose('first derivative', first[i]!.data, slope)
    const k = 2e-4
    const curvature = data.map(
      (_, j) =>
        (nudged(k, j, k) - nudged(k, j, -k) - nudged(-k, j, k) + nudged(-k, j, -k)) / (4 * k * k),
    )
    expectClose('second derivative', second[i]!.data, curvature)
  }
}

function expectClose(
  what: 'value' | 'first derivative' | 'second derivative',
  got: ArrayLike<number>,
  expected: Float64Array,
): void {
  const finite = expected.filter((value) => Number.isFinite(value))
  const scale = 1 + finite.reduce((peak, value) => Math.max(peak, Math.abs(value)), 0)
  const allowed = scale * tolerance[what.split(' ')[0] as keyof typeof tolerance]
  const near = Array.from(got, (value, i) => {
    const target = expected[i]!
    // Where the reference leaves the range of float32, so must the result.
    if (!Number.isFinite(target) || Math.abs(target) > 3.4028235e38)
      return Object.is(value, Math.fround(target))
    return Math.abs(value - target) <= allowed
  })
  expect(got.length).toBe(expected.length)
  expect(
    near,
    `${what} [${Array.from(got).join(', ')}] is not [${expected.join(', ')}] within ${allowed}`,
  ).not.toContain(false)
}

function total(tensors: readonly Tensor[]): Tensor {
  return tensors.map((x) => sum(x)).reduce((a, b) => add(a, b))
}

function many<T extends object>(result: T | readonly T[]): readonly T[] {
  return Array.isArray(result) ? (result as readonly T[]) : [result as T]
}

function widen({ shape, data }: NDArray): Wide {
  return { shape, data: Float64Array.from(data) }
}

function hash(text: string): number {
  let value = 7
  for (const letter of text) value = (Math.imul(value, 31) + letter.charCodeAt(0)) | 0
  return value
}
