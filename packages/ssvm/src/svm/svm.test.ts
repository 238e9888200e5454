import { toSparse } from '@deepstruct/datasets'
import { DomainError, type NDArray, ndarray, random, ShapeError } from '@deepstruct/tensor'
import { loadHighs } from '../loss-augmented/load-highs.ts'
import { describe, expect, it } from 'vitest'
import reference from '../../fixtures/liblinear.json' with { type: 'json' }
import { type BinaryLoss, binaryDual } from './binary-dual.ts'
import { binarySvm } from './binary-svm.ts'
import { exampleRows } from './example-rows.ts'
import { blockSolvers, type MulticlassLoss } from './multiclass-block.ts'
import { multiclassSvm } from './multiclass-svm.ts'

const [examples, features, classes] = [60, 5, 3]

/** The features of fixtures/liblinear.py: integers that both languages compute alike. */
const x: NDArray = ndarray(
  Array.from({ length: examples * features }, (_, at) => {
    const [i, j] = [Math.floor(at / features), at % features]
    const h = (i * 73856093 + j * 19349663 + 12345) % 1000003
    return (((h * 7919 + 104729) % 1000003) / 1000003) * 2 - 1
  }),
  [examples, features],
)
const labels = reference.labels

describe('objectives equal those of LIBLINEAR within 0.1 %', () => {
  it.each(reference.objectives)('$loss, C = $C', ({ loss, C, objective }) => {
    const options = { C, tolerance: 1e-4, maxIterations: 100_000 }
    const found =
      loss === 'crammer-singer'
        ? multiclassSvm(x, labels, options)
        : binarySvm(
            x,
            labels.map((label) => (label === 0 ? 1 : -1)),
            { ...options, loss: loss as BinaryLoss },
          )
    expect(found.converged).toBe(true)
    expect(Math.abs(found.objective / objective - 1)).toBeLessThan(1e-3)
    expect(found.dual).toBeLessThanOrEqual(objective * (1 + 1e-6))
  })
})

it('Weston and Watkins: the objective equals that of the primal as a quadratic program', async () => {
  const highs = await loadHighs()
  const some = ndarray(x.data.slice(0, 15 * features), [15, features])
  const truths = labels.slice(0, 15)
  const C = 0.5
  // Weights w{m}_{j}, the bias as the last one; slacks s{i}_{m}.
  const weight = (m: number, j: number): string => `w${m}_${j}`
  const weights = Array.from({ length: classes * (features + 1) }, (_, k) =>
    weight(Math.floor(k / (features + 1)), k % (features + 1)),
  )
  const slacks: string[] = []
  const constraints = truths.flatMap((truth, i) =>
    Array.from({ length: classes }, (_, m) => m)
      .filter((m) => m !== truth)
      .map((m) => {
        slacks.push(`s${i}_${m}`)
        const terms = Array.from({ length: features + 1 }, (_, j) => {
          const value = j === features ? 1 : some.data[i * features + j]!
          return `${signed(value)} ${weight(truth, j)} ${signed(-value)} ${weight(m, j)}`
        })
        return `c${i}_${m}: ${terms.join(' ')} + s${i}_${m} >= 1`
      }),
  )
  const program = [
    'Minimize',
    ` obj: ${slacks.map((slack) => `+ ${C} ${slack}`).join(' ')} + [ ${weights.map((w) => `${w} ^ 2`).join(' + ')} ] / 2`,
    'Subject To',
    ...constraints.map((line) => ` ${line}`),
    'Bounds',
    ...weights.map((w) => ` ${w} free`),
    'End',
  ].join('\n')
  const solved = highs.solve(program)
  expect(solved.Status).toBe('Optimal')
  const found = multiclassSvm(some, truths, { C, loss: 'weston-watkins', tolerance: 1e-5 })
  expect(Math.abs(found.objective / solved.ObjectiveValue - 1)).toBeLessThan(1e-3)
})

describe('blocks of one example', () => {
  it.each<MulticlassLoss>(['crammer-singer', 'weston-watkins'])(
    '%s: no feasible point near the solution is better',
    (loss) => {
      const r = random(3)
      for (let trial = 0; trial < 50; trial++) {
        const [A, C] = [0.1 + r.uniform(), 0.1 + r.uniform()]
        const B = Float64Array.from({ length: 4 }, () => 2 * r.normal())
        const a = new Float64Array(4)
        blockSolvers[loss](A, B, 1, C, a)
        const value = (point: Float64Array): number =>
          point.reduce((sum, p, m) => sum + (A / 2) * p * p + B[m]! * p, 0)
        const feasible = (point: Float64Array): boolean =>
          Math.abs(point.reduce((sum, p) => sum + p)) < 1e-9 &&
          point.every((p, m) =>
            m === 1
              ? loss === 'weston-watkins' || p <= C + 1e-9
              : p <= 1e-9 && (loss === 'crammer-singer' || p >= -C - 1e-9),
          )
        expect(feasible(a)).toBe(true)
        for (let move = 0; move < 30; move++) {
          const [from, to, by] = [r.integer(4), r.integer(4), 0.1 * r.uniform()]
          const moved = a.slice()
          moved[from]! -= by
          moved[to]! += by
          expect(!feasible(moved) || value(moved) > value(a) - 1e-9).toBe(true)
        }
      }
    },
  )
})

describe('binarySvm', () => {
  const signs = labels.map((label) => (label === 0 ? 1 : 0))

  it('finds the widest margin by hand', () => {
    const { weights, bias } = binarySvm(ndarray([1, -1], [2, 1]), [1, -1], {
      C: 100,
      tolerance: 1e-9,
    })
    expect(weights[0]).toBeCloseTo(1, 4)
    expect(bias).toBeCloseTo(0, 4)
  })

  it('is the same for sparse features, and repeats', () => {
    const dense = binarySvm(x, signs)
    expect(binarySvm(toSparse(x), signs)).toEqual(dense)
    expect(binarySvm(x, signs)).toEqual(dense)
  })

  it('goes on from dual variables', () => {
    const rows = exampleRows('test', x, 1)
    const targets = Int8Array.from(signs, (sign) => (sign === 1 ? 1 : -1))
    const first = binaryDual(rows, targets, { C: 1, loss: 'hinge' })
    first.pass(random(0))
    const second = binaryDual(rows, targets, { C: 1, loss: 'hinge' }, first.alpha)
    expect(second.bounds().objective).toBeCloseTo(first.bounds().objective, 10)
  })

  it('bounds the minimum from both sides, closer with every pass', () => {
    const gaps = [1, 10, 100].map((maxIterations) =>
      binarySvm(x, signs, { maxIterations, tolerance: 0 }),
    )
    for (const { dual, objective } of gaps) expect(dual).toBeLessThanOrEqual(objective)
    expect(gaps[2]!.gap).toBeLessThan(gaps[0]!.gap)
    expect(gaps[2]!.converged).toBe(false)
  })

  it('refuses labels that are none, of one kind, or too few', () => {
    expect(() => binarySvm(x, labels)).toThrow(DomainError)
    expect(() => binarySvm(x, signs.fill(1, 0))).toThrow('both classes')
    expect(() => binarySvm(x, [1, 0])).toThrow(ShapeError)
    expect(() => binarySvm(ndarray([1, 2], [2, 1]), [1, 0], { C: 0 })).toThrow('C is 0')
  })
})

describe('multiclassSvm', () => {
  it('with two classes is the binary machine of half the margin', () => {
    const two = labels.map((label) => (label === 0 ? 1 : 0))
    const options = { tolerance: 1e-6, maxIterations: 100_000 }
    const { weights } = multiclassSvm(x, two, { ...options, C: 1 })
    // W = (-w/2, w/2) has half the norm of w, so that C counts twice.
    const binary = binarySvm(x, two, { ...options, C: 2 })
    for (let j = 0; j < features; j++)
      expect(weights[features + j]! - weights[j]!).toBeCloseTo(binary.weights[j]!, 1)
  })

  it('refuses labels that are no classes, and a class without an example', () => {
    expect(() => multiclassSvm(x, labels.with(3, 0.5))).toThrow('labels[3] is 0.5')
    expect(() => multiclassSvm(x, labels.with(3, -1))).toThrow(DomainError)
    expect(() =>
      multiclassSvm(
        x,
        labels.map((label) => label * 2),
      ),
    ).toThrow('class 1')
  })
})

function signed(value: number): string {
  return value < 0 ? `- ${-value}` : `+ ${value}`
}
