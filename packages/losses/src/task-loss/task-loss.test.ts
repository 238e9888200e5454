import {
  array,
  constant,
  eagerEngine,
  filled,
  jit,
  type NDArray,
  ShapeError,
  sum,
  type Tensor,
  useEngine,
  valueAndGrad,
} from '@deepstruct/tensor'
import { binaryStructures, checkGradient } from '@deepstruct/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  hamming,
  normalizedHamming,
  oneMinusF1,
  oneMinusIoU,
  squared,
  wrongTags,
} from '../index.ts'
import type { TaskLoss } from './task-loss.ts'

/** The cost of relaxed outputs, in double precision. */
type Reference = (yTrue: readonly number[], y: readonly number[]) => number

const total = (terms: readonly number[]): number => terms.reduce((a, b) => a + b, 0)
const paired = (
  of: (a: number, b: number) => number,
  a: readonly number[],
  b: readonly number[],
): number => total(a.map((value, j) => of(value, b[j]!)))

const hammingOf: Reference = (t, y) => paired((a, b) => a * (1 - b) + (1 - a) * b, t, y)
const cases: readonly { loss: TaskLoss; counted: Reference; relaxed: Reference }[] = [
  { loss: hamming, counted: wrong, relaxed: hammingOf },
  {
    loss: normalizedHamming,
    counted: (t, y) => wrong(t, y) / t.length,
    relaxed: (t, y) => hammingOf(t, y) / t.length,
  },
  { loss: squared, counted: wrong, relaxed: (t, y) => paired((a, b) => (a - b) ** 2, t, y) },
  {
    loss: wrongTags,
    counted: (t, y) => wrong(t, y) / 2,
    relaxed: (t, y) => paired((a, b) => (a - b) ** 2, t, y) / 2,
  },
  {
    loss: oneMinusF1,
    counted(t, y) {
      const both = t.filter((bit, j) => bit === 1 && y[j] === 1).length
      const size = total(t) + total(y)
      return size === 0 ? 0 : 1 - (2 * both) / size
    },
    // Minima and maxima add up to the sums.
    relaxed: (t, y) => 1 - (2 * paired(Math.min, t, y)) / (total(t) + total(y)),
  },
  {
    loss: oneMinusIoU,
    counted(t, y) {
      const both = t.filter((bit, j) => bit === 1 && y[j] === 1).length
      const either = t.filter((bit, j) => bit === 1 || y[j] === 1).length
      return either === 0 ? 0 : 1 - both / either
    },
    relaxed: (t, y) => 1 - paired(Math.min, t, y) / paired(Math.max, t, y),
  },
]

function wrong(t: readonly number[], y: readonly number[]): number {
  return t.filter((bit, j) => bit !== y[j]).length
}

const labels = 4
const structures = binaryStructures(labels)
const pairs = structures.flatMap((t) => structures.map((y) => [t, y] as const))
const truths = array(pairs.map(([t]) => t))
const outputs = array(pairs.map(([, y]) => y))

const soft = [
  [0.2, 0.9, 0.6, 0.35],
  [0.75, 0.1, 0.4, 0.5],
]
const softTruths = [
  [0.5, 0.7, 0.3, 0.85],
  [0.15, 0.3, 0.95, 0.65],
]

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    useEngine(await eagerEngine({ backend }))
  })

  describe.each(cases.map((use) => ({ name: use.loss.name, ...use })))(
    '$name',
    ({ name, loss, counted, relaxed }) => {
      const run = jit((t: Tensor, y: Tensor) => loss(t, y))

      it('counts on all pairs of structures', async () => {
        const { shape, data } = await run(truths, outputs)
        expect(shape).toEqual([pairs.length])
        for (const [i, [t, y]] of pairs.entries()) expect(data[i]).toBeCloseTo(counted(t, y), 6)
      })

      it('is defined in between', async () => {
        const { data } = await run(array(softTruths), array(soft))
        for (const [i, y] of soft.entries())
          expect(data[i]).toBeCloseTo(relaxed(softTruths[i]!, y), 6)
      })

      it('takes any structure of outputs', async () => {
        const folded = (rows: readonly (readonly number[])[]): NDArray => ({
          ...array(rows),
          shape: [2, 2, 2],
        })
        const flat = await run(array(softTruths), array(soft))
        expect(await run(folded(softTruths), folded(soft))).toEqual(flat)
      })

      it('has the gradient that differences show', async () => {
        await checkGradient((t, y) => loss(t, y), [array(softTruths), array(soft)])
        const bits = array([
          [1, 0, 0, 1],
          [0, 1, 1, 0],
        ])
        await checkGradient((y) => loss(constant(bits), y), [array(soft)])
      })

      it('has finite gradients on all pairs of structures', async () => {
        const { grad } = await jit((xs: readonly Tensor[]) =>
          valueAndGrad(([t, y]: readonly Tensor[]) => sum(loss(t!, y!)))(xs),
        )([truths, outputs])
        for (const { data } of grad)
          expect(data.every((slope) => Number.isFinite(slope))).toBe(true)
      })

      it('has the slopes toward the inside of the box at its corners', async () => {
        const { grad } = await jit((xs: Tensor, t: Tensor) =>
          valueAndGrad((y: Tensor) => sum(loss(t, y)))(xs),
        )(outputs, truths)
        for (const [i, [t, y]] of pairs.entries()) {
          // Between two empty rows the overlap jumps.
          if (total(t) + total(y) === 0) continue
          for (const [j, bit] of y.entries()) {
            const step = bit === 0 ? 1e-6 : -1e-6
            const slope = (relaxed(t, y.with(j, bit + step)) - relaxed(t, y)) / step
            expect(grad.data[i * labels + j]).toBeCloseTo(slope, 4)
          }
        }
      })

      it('of two empty rows is 0', async () => {
        expect([...(await run(filled([1, 4], 0), filled([1, 4], 0))).data]).toEqual([0])
      })

      it.each(
        [[], [4], [1, 4], [2, 1], [2, 4, 1]].flatMap((shape) => [
          { truth: [2, 4], output: shape },
          { truth: shape, output: [2, 4] },
        ]),
      )('refuses $truth against $output', async ({ truth, output }) => {
        const error: unknown = await run(filled(truth, 1), filled(output, 1)).catch(
          (reason: unknown) => reason,
        )
        expect(error).toBeInstanceOf(ShapeError)
        const { details } = error as ShapeError
        expect([details.function, details.argument]).toEqual([name, 'y'])
      })

      it('refuses scalars', async () => {
        await expect(run(array(1), array(1))).rejects.toThrow(ShapeError)
      })
    },
  )
})
