import {
  array,
  constant,
  eagerEngine,
  filled,
  jit,
  type NDArray,
  ndarray,
  ShapeError,
  sizeOf,
  sum,
  type Tensor,
  useEngine,
  valueAndGrad,
} from '@deepstruct/tensor'
import { checkGradient } from '@deepstruct/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import * as losses from './index.ts'
import type { LossOptions } from './reduction.ts'

/** A loss with arguments of three rows to try the laws on. */
interface LossCase {
  readonly name: string
  loss(xs: readonly Tensor[], options: LossOptions): Tensor
  /** Away from kinks; float32, or int32 for classes. */
  readonly inputs: readonly NDArray[]
  /** How many of the inputs, from the first, have a gradient; all when left out. */
  readonly moving?: number
  /** What the loss must stay finite on, of the shapes of `inputs`. */
  readonly extremes: readonly NDArray[]
  /** The loss sums over the elements of a row, so that a mask can name elements. */
  readonly elementwise?: boolean
}

type Elementwise = (a: Tensor, b: Tensor, options: LossOptions) => Tensor
const pair =
  (loss: Elementwise) =>
  ([a, b]: readonly Tensor[], options: LossOptions): Tensor =>
    loss(a!, b!, options)

const logits = array([
  [0.3, -1.2, 2.1],
  [-0.4, 0.8, 0.5],
  [1.7, -0.6, -2.2],
])
const probabilities = array([
  [0.2, 0.7, 0.45],
  [0.6, 0.15, 0.3],
  [0.5, 0.8, 0.35],
])
const soft = array([
  [0.9, 0.3, 0.6],
  [0.25, 0.4, 0.75],
  [0.7, 0.55, 0.1],
])
const bits = array([
  [1, 0, 1],
  [0, 0, 1],
  [1, 1, 0],
])
const classes = array([2, 0, 1], 'int32')
const huge = array([
  [1e4, -1e4, 0],
  [-1e4, 1e4, 1e4],
  [0, 1e4, -1e4],
])
const corners = array([
  [0, 1, 0],
  [1, 1, 1],
  [0, 0, 0],
])
const [energyTrue, energyPredicted, costs] = [
  array([-1.5, 0.4, 2.1]),
  array([-1.1, 0.9, 1.3]),
  array([2, 1, 3]),
]
const hugeTrue = array([1e6, -1e6, 1e6])
const hugePredicted = array([-1e6, 1e6, 1e6])
const vector = (x: NDArray): NDArray => ndarray(x.data.slice(0, 3), [3])

const structured = (
  loss: (energies: losses.CostedEnergies, options: LossOptions) => Tensor,
): Pick<LossCase, 'loss' | 'inputs' | 'extremes'> => ({
  loss: ([t, p, cost], options) =>
    loss({ energyTrue: t!, energyPredicted: p!, taskLoss: cost! }, options),
  inputs: [energyTrue, energyPredicted, costs],
  extremes: [hugeTrue, hugePredicted, array([0, 1, 1e4])],
})
const uncosted = (
  loss: (energies: losses.Energies, options: LossOptions) => Tensor,
): Pick<LossCase, 'loss' | 'inputs' | 'extremes'> => ({
  loss: ([t, p], options) => loss({ energyTrue: t!, energyPredicted: p! }, options),
  inputs: [energyTrue, energyPredicted],
  extremes: [hugeTrue, hugePredicted],
})

const cases: readonly LossCase[] = [
  {
    name: 'squaredError',
    loss: pair(losses.squaredError),
    inputs: [logits, soft],
    extremes: [huge, bits],
    elementwise: true,
  },
  {
    name: 'binaryHinge',
    loss: pair(losses.binaryHinge),
    inputs: [logits, bits],
    moving: 1,
    extremes: [huge, corners],
    elementwise: true,
  },
  {
    name: 'binaryHinge, squared',
    loss: pair((a, b, options) => losses.binaryHinge(a, b, { ...options, squared: true })),
    inputs: [logits, bits],
    moving: 1,
    extremes: [huge, corners],
    elementwise: true,
  },
  {
    name: 'binaryCrossEntropy',
    loss: pair(losses.binaryCrossEntropy),
    inputs: [probabilities, soft],
    extremes: [corners, bits],
    elementwise: true,
  },
  {
    name: 'binaryCrossEntropyWithLogits',
    loss: pair(losses.binaryCrossEntropyWithLogits),
    inputs: [logits, soft],
    extremes: [huge, corners],
    elementwise: true,
  },
  {
    name: 'klDivergence',
    loss: pair(losses.klDivergence),
    inputs: [soft, probabilities],
    extremes: [
      corners,
      array([
        [0, 1, 1],
        [1e-30, 1, 1],
        [0, 0, 0.5],
      ]),
    ],
    elementwise: true,
  },
  {
    name: 'crossEntropyWithLogits',
    loss: pair(losses.crossEntropyWithLogits),
    inputs: [logits, classes],
    moving: 1,
    extremes: [huge, classes],
  },
  {
    name: 'crammerSinger',
    loss: pair(losses.crammerSinger),
    inputs: [logits, classes],
    moving: 1,
    extremes: [huge, classes],
  },
  {
    name: 'westonWatkins',
    loss: pair(losses.westonWatkins),
    inputs: [logits, classes],
    moving: 1,
    extremes: [huge, classes],
  },
  {
    name: 'dice',
    loss: pair(losses.dice),
    inputs: [probabilities, soft],
    extremes: [corners, corners],
    elementwise: true,
  },
  {
    name: 'valueCrossEntropy',
    loss: pair(losses.valueCrossEntropy),
    inputs: [vector(probabilities), vector(soft)],
    extremes: [array([0, 1, 0]), array([1, 0, 0])],
  },
  {
    name: 'valueCrossEntropyWithLogits',
    loss: pair(losses.valueCrossEntropyWithLogits),
    inputs: [vector(logits), vector(soft)],
    extremes: [vector(huge), array([0, 1, 0.5])],
  },
  { name: 'structuredHinge', ...structured(losses.structuredHinge) },
  {
    name: 'structuredHinge, slack',
    ...structured((energies, options) =>
      losses.structuredHinge(energies, { ...options, rescaling: 'slack' }),
    ),
  },
  { name: 'structuredPerceptron', ...uncosted(losses.structuredPerceptron) },
  { name: 'contrastive', ...uncosted(losses.contrastive) },
  {
    name: 'softmaxMargin',
    loss: ([t, all, cost], options) => losses.softmaxMargin(t!, all!, cost!, options),
    inputs: [energyTrue, logits, soft],
    extremes: [
      hugeTrue,
      array([
        [1e6, -1e6, 0],
        [-1e6, -1e6, -1e6],
        [1e6, 1e6, 1e6],
      ]),
      huge,
    ],
  },
  {
    name: 'discriminatorLoss',
    loss: pair((a, b, options) => losses.discriminatorLoss(a, b, { ...options, realTarget: 0.9 })),
    inputs: [vector(logits), energyTrue],
    extremes: [vector(huge), hugePredicted],
  },
  {
    name: 'generatorLoss',
    loss: ([a], options) => losses.generatorLoss(a!, options),
    inputs: [vector(logits)],
    extremes: [vector(huge)],
  },
  {
    name: 'generatorLoss, saturating',
    loss: ([a], options) => losses.generatorLoss(a!, { ...options, form: 'saturating' }),
    inputs: [vector(logits)],
    extremes: [vector(huge)],
  },
]

/** The value under a mask, and the gradients at the moving inputs of its sum. */
async function evaluate(
  { loss, moving = Infinity }: LossCase,
  inputs: readonly NDArray[],
  options: Omit<LossOptions, 'where'> & { readonly where?: NDArray } = {},
): Promise<{ value: number[]; gradients: number[][] }> {
  const { where: mask, ...rest } = options
  const run = jit((xs: readonly Tensor[]) => {
    const settings = mask === undefined ? rest : { ...rest, where: constant(mask) }
    const value = (at: readonly Tensor[]): Tensor => loss([...at, ...xs.slice(at.length)], settings)
    const moved = xs.slice(0, Math.min(moving, xs.length))
    const { grad } = valueAndGrad((at: readonly Tensor[]) => sum(value(at)))(moved)
    return { value: value(xs), grad }
  })
  const { value, grad } = await run(inputs)
  return { value: [...value.data], gradients: grad.map(({ data }) => [...data]) }
}

/** Some rows of an array. */
function takeRows({ data, shape, dtype }: NDArray, rows: readonly number[]): NDArray {
  const width = sizeOf(shape.slice(1))
  const taken = rows.flatMap((row) => Array.from(data.subarray(row * width, (row + 1) * width)))
  return ndarray(taken, [rows.length, ...shape.slice(1)], dtype)
}

/** An array with what no loss is defined on at some elements. */
function hide(
  { data, shape, dtype }: NDArray,
  at: (element: number, row: number) => boolean,
): NDArray {
  const width = sizeOf(shape.slice(1))
  const hidden = dtype === 'int32' ? -1 : Number.NaN
  const values = Array.from(data, (value, i) => (at(i, Math.floor(i / width)) ? hidden : value))
  return ndarray(values, shape, dtype)
}

/** Some columns of a matrix. */
function takeColumns(
  { data, shape: [rows = 0, width = 0] }: NDArray,
  columns: readonly number[],
): NDArray {
  const taken = Array.from({ length: rows }, (_, row) => columns.map((j) => data[row * width + j]!))
  return array(taken)
}

function expectClose(got: readonly number[], expected: readonly number[]): void {
  expect(got).toHaveLength(expected.length)
  for (const [i, value] of expected.entries()) expect(got[i]).toBeCloseTo(value, 4)
}

const none = { reduction: 'none' } as const

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    useEngine(await eagerEngine({ backend }))
  })

  describe.each(cases)('$name', (use) => {
    const { inputs, extremes } = use
    const moving = inputs.slice(0, use.moving)

    it('has the gradient that differences show', async () => {
      const rest = inputs.slice(moving.length)
      await checkGradient((...xs) => use.loss([...xs, ...rest.map((x) => constant(x))], {}), moving)
    })

    it('reduces rows to their sum and, by default, their mean', async () => {
      const { value: rows } = await evaluate(use, inputs, none)
      expect(rows).toHaveLength(3)
      const total = rows.reduce((a, b) => a + b)
      expectClose((await evaluate(use, inputs, { reduction: 'sum' })).value, [total])
      expectClose((await evaluate(use, inputs, { reduction: 'mean' })).value, [total / 3])
      expectClose((await evaluate(use, inputs)).value, [total / 3])
    })

    it('under a mask of rows is the loss of the other rows', async () => {
      const where = array([1, 0, 1])
      const kept = inputs.map((x) => takeRows(x, [0, 2]))
      for (const reduction of ['sum', 'mean'] as const) {
        const masked = await evaluate(use, inputs, { reduction, where })
        const alone = await evaluate(use, kept, { reduction })
        expectClose(masked.value, alone.value)
        for (const [i, gradient] of masked.gradients.entries()) {
          const { shape } = inputs[i]!
          expectClose([...takeRows(ndarray(gradient, shape), [0, 2]).data], alone.gradients[i]!)
          expect([...takeRows(ndarray(gradient, shape), [1]).data].every((g) => g === 0)).toBe(true)
        }
      }
      const [first, last] = (await evaluate(use, kept, none)).value
      expectClose((await evaluate(use, inputs, { ...none, where })).value, [first!, 0, last!])
    })

    it('does not look at the rows under a mask', async () => {
      const where = array([1, 0, 1])
      const hidden = inputs.map((x) => hide(x, (_, row) => row === 1))
      for (const reduction of ['sum', 'mean', 'none'] as const)
        expect(await evaluate(use, hidden, { reduction, where })).toEqual(
          await evaluate(use, inputs, { reduction, where }),
        )
    })

    it.each(['int32', 'bool'] as const)('takes an %s mask', async (dtype) => {
      const where = array([1, 0, 1], dtype)
      expect(await evaluate(use, inputs, { where })).toEqual(
        await evaluate(use, inputs, { where: array([1, 0, 1]) }),
      )
    })

    it('is 0 where nothing counts', async () => {
      await expectNothing(use, array([0, 0, 0]))
    })

    it('stays finite at extremes', async () => {
      const { value, gradients } = await evaluate(use, extremes, none)
      expect([...value, ...gradients.flat()].filter((x) => !Number.isFinite(x))).toEqual([])
    })

    const wrong = inputs.flatMap((x, argument) =>
      [[], [1, ...x.shape.slice(1)], [...x.shape, 1], [1, ...x.shape]]
        // A loss of one argument takes any batch.
        .filter(({ length }) => inputs.length > 1 || length !== 1)
        .map((shape) => ({ argument, shape })),
    )
    it.each(wrong)('refuses argument $argument of shape $shape', async ({ argument, shape }) => {
      const { dtype } = inputs[argument]!
      const values = filled(shape, 1, dtype)
      await expectShapeError(use, inputs.with(argument, values))
    })

    it('refuses scalars', async () => {
      await expectShapeError(
        use,
        inputs.map(({ dtype }) => array(0, dtype)),
      )
    })

    const masks = [[], [1], [1, 1], [3, 1], [1, 3], [3, 3, 1]].map((shape) => ({ shape }))
    it.each(masks)('refuses a mask of shape $shape', async ({ shape }) => {
      const where = filled(shape, 1)
      await expectShapeError(use, inputs, { where })
    })
  })

  describe.each(cases.filter(({ elementwise }) => elementwise))(
    '$name under a mask of elements',
    (use) => {
      const { inputs } = use

      it('is the loss of the others', async () => {
        const masks = array([
          [1, 0, 1],
          [0, 0, 0],
          [1, 0, 1],
        ])
        const kept = inputs.map((x) => takeColumns(takeRows(x, [0, 2]), [0, 2]))
        for (const reduction of ['sum', 'mean'] as const)
          expectClose(
            (await evaluate(use, inputs, { reduction, where: masks })).value,
            (await evaluate(use, kept, { reduction })).value,
          )
      })

      it('does not look at what is masked', async () => {
        const where = array([
          [1, 0, 1],
          [0, 0, 0],
          [0, 1, 1],
        ])
        const hidden = inputs.map((x) => hide(x, (element) => where.data[element] === 0))
        expect(await evaluate(use, hidden, { where })).toEqual(
          await evaluate(use, inputs, { where }),
        )
      })

      it('is 0 where nothing counts', async () => {
        await expectNothing(use, filled([3, 3], 0))
      })
    },
  )
})

async function expectNothing(use: LossCase, where: NDArray): Promise<void> {
  for (const reduction of ['sum', 'mean', 'none'] as const) {
    const { value, gradients } = await evaluate(use, use.inputs, { reduction, where })
    expect([...value, ...gradients.flat()].filter((x) => x !== 0)).toEqual([])
  }
}

async function expectShapeError(
  use: LossCase,
  inputs: readonly NDArray[],
  options: { readonly where?: NDArray } = {},
): Promise<void> {
  const { where: mask } = options
  const run = jit((xs: readonly Tensor[]) =>
    use.loss(xs, mask === undefined ? {} : { where: constant(mask) }),
  )
  const error: unknown = await run(inputs).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(ShapeError)
  const { details } = error as ShapeError
  expect(details.function).toBe(use.name.split(',')[0])
  expect(details.argument === 'where').toBe(mask !== undefined)
}
