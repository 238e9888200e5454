import {
  array,
  constant,
  DomainError,
  grad,
  jit,
  mul,
  type NDArray,
  ndarray,
  random,
  scope,
  ShapeError,
  sizeOf,
  sum,
  type Tensor,
} from '@deepstruct/tensor'
import { binaryStructures, hostProjectSimplex, oneHotStructures } from '@deepstruct/testing'
import { describe, expect, it } from 'vitest'
import {
  box,
  type Domain,
  masked,
  mirrorDescent,
  projectBox,
  projectSimplex,
  simplex,
} from './index.ts'

const apply = (fn: (x: Tensor) => Tensor, x: NDArray): Promise<NDArray> => jit(fn)(x)
const rowsOf = ({ data, shape }: NDArray): number[][] => {
  const width = sizeOf(shape.slice(1))
  return Array.from({ length: shape[0]! }, (_, i) => [...data.subarray(i * width, (i + 1) * width)])
}
const close = (got: ArrayLike<number>, expected: ArrayLike<number>, digits = 5): void => {
  expect(got.length).toBe(expected.length)
  for (let i = 0; i < got.length; i++) expect(got[i]).toBeCloseTo(expected[i]!, digits)
}

const rows = 5
const kinds: readonly {
  readonly name: string
  readonly make: (mask?: Tensor) => Domain
  readonly shape: readonly number[]
  readonly corners: readonly (readonly number[])[]
}[] = [
  { name: 'box', make: (mask) => box([4], mask), shape: [4], corners: binaryStructures(4) },
  {
    name: 'box of rank 2',
    make: (mask) => box([2, 3], mask),
    shape: [2, 3],
    corners: binaryStructures(6),
  },
  {
    name: 'simplex',
    make: (mask) => simplex({ positions: 2, classes: 3, ...(mask !== undefined && { mask }) }),
    shape: [2, 3],
    corners: oneHotStructures(2, 3),
  },
]

describe.each(kinds)('$name', ({ make, shape, corners }) => {
  const domain = make()
  const far = random(1).normals([rows, ...shape], 0.3, 1)
  const size = sizeOf(shape)

  it('lists its corners in order, and says how many when there are too many', () => {
    const listed = domain.corners()
    expect(listed.shape).toEqual([corners.length, ...shape])
    expect(rowsOf(listed)).toEqual(corners)
    expect(() => domain.corners(corners.length - 1)).toThrow(DomainError)
    expect(() => domain.corners(5)).toThrow(String(corners.length))
  })

  it('projects onto itself: idempotent, and corners and center stay', async () => {
    const once = await apply(domain.project, far)
    close((await apply(domain.project, once)).data, once.data, 6)
    close((await apply(domain.project, domain.corners())).data, domain.corners().data, 6)
    const center = await scope(() => domain.start(3))
    expect(center.shape).toEqual([3, ...shape])
    close((await apply(domain.project, center)).data, center.data, 6)
  })

  it('projects to the nearest point: no mixture of corners is nearer', async () => {
    const nearest = rowsOf(await apply(domain.project, far))
    const draws = random(2)
    for (const [i, y] of rowsOf(far).entries()) {
      const distance = (point: readonly number[]): number =>
        point.reduce((total, value, k) => total + (value - y[k]!) ** 2, 0)
      const found = distance(nearest[i]!)
      for (let trial = 0; trial < 200; trial++) {
        const weights = corners.map(() => -Math.log(1 - draws.uniform()))
        const all = weights.reduce((a, b) => a + b)
        const mixture = Array.from({ length: size }, (_, k) =>
          corners.reduce((total, corner, c) => total + (weights[c]! / all) * corner[k]!, 0),
        )
        // Near the found point too, where a wrong one would be beaten.
        const towards = mixture.map((value, k) => 0.95 * nearest[i]![k]! + 0.05 * value)
        expect(distance(mixture)).toBeGreaterThan(found - 1e-5)
        expect(distance(towards)).toBeGreaterThan(found - 1e-5)
      }
    }
  })

  it('projects with the derivative of its differences', async () => {
    const weights = random(3).normals([rows, ...shape])
    const value = jit((y: Tensor) => sum(mul(domain.project(y), constant(weights))))
    const slopes = await jit((y: Tensor) =>
      grad((x: Tensor) => sum(mul(domain.project(x), constant(weights))))(y),
    )(far)
    for (let i = 0; i < far.data.length; i++) {
      const at = async (offset: number): Promise<number> => {
        const data = Float32Array.from(far.data)
        data[i]! += offset
        return (await value(ndarray(data, far.shape))).data[0]!
      }
      expect(slopes.data[i]).toBeCloseTo(((await at(1e-3)) - (await at(-1e-3))) / 2e-3, 2)
    }
  })

  it('rounds to the nearest corner', async () => {
    const inside = await apply(domain.project, far)
    const rounded = rowsOf(await apply(domain.round, inside))
    for (const [i, y] of rowsOf(inside).entries()) {
      const distance = (point: readonly number[]): number =>
        point.reduce((total, value, k) => total + (value - y[k]!) ** 2, 0)
      const least = Math.min(...corners.map((corner) => distance(corner)))
      expect(corners).toContainEqual(rounded[i])
      expect(distance(rounded[i]!)).toBeCloseTo(least, 5)
    }
  })

  it('finds the corner that minimizes a linear function', async () => {
    const found = rowsOf(await apply(domain.linearMinimizer, far))
    for (const [i, g] of rowsOf(far).entries()) {
      const value = (y: readonly number[]): number =>
        y.reduce((total, v, k) => total + v * g[k]!, 0)
      expect(corners).toContainEqual(found[i])
      expect(value(found[i]!)).toBeCloseTo(Math.min(...corners.map((corner) => value(corner))), 5)
    }
  })

  it('goes to logits and back, and stays finite on the border', async () => {
    const inside = await apply(domain.fromLogits, far)
    const back = await apply((y) => domain.fromLogits(domain.toLogits(y)), inside)
    close(back.data, inside.data, 5)
    const border = await apply(domain.toLogits, domain.corners())
    expect(border.data.every((value) => Number.isFinite(value))).toBe(true)
    const again = await apply((y) => domain.fromLogits(domain.toLogits(y)), domain.corners())
    close(again.data, domain.corners().data, 5)
  })

  it('gives the gradient in logits', async () => {
    const weights = random(4).normals([rows, ...shape])
    const both = await jit((z: Tensor) => ({
      tape: grad((x: Tensor) => sum(mul(domain.fromLogits(x), constant(weights))))(z),
      formula: domain.logitGradient(domain.fromLogits(z), constant(weights)),
    }))(far)
    close(both.formula.data, both.tape.data, 5)
  })

  it('holds only 0 at masked positions, and the rest is as without them', async () => {
    const mask = array(
      Array.from({ length: rows }, (_, i) =>
        Array.from({ length: shape[0]! }, (_row, p) => (p === 0 || i % 2 === 0 ? 1 : 0)),
      ),
    )
    const width = size / shape[0]!
    const functions = ['project', 'round', 'linearMinimizer', 'fromLogits', 'toLogits'] as const
    for (const name of functions) {
      const input = name === 'toLogits' ? await apply(domain.project, far) : far
      const free = rowsOf(await apply((y) => domain[name](y), input))
      const covered = rowsOf(await jit((y: Tensor, m: Tensor) => make(m)[name](y))(input, mask))
      for (const [i, row] of covered.entries())
        for (const [k, value] of row.entries())
          expect(value).toBeCloseTo(k < width || i % 2 === 0 ? free[i]![k]! : 0, 6)
    }
    const start = rowsOf(await jit((m: Tensor) => make(m).start(rows))(mask))
    expect(start[1]!.slice(width)).toEqual(Array.from({ length: size - width }, () => 0))
    expect(start[0]!.at(-1)).toBeGreaterThan(0)
  })
})

describe('ties', () => {
  it('are decided by position', async () => {
    const half = await apply(box([2]).round, array([[0.5, 0.500001]]))
    expect([...half.data]).toEqual([0, 1])
    const third = await apply(
      simplex({ positions: 1, classes: 3 }).round,
      array([[[0.4, 0.2, 0.4]]]),
    )
    expect([...third.data]).toEqual([1, 0, 0])
  })
})

describe('projectSimplex', () => {
  it('has these hand values', async () => {
    close((await apply(projectSimplex, array([0.5, 0.5, 0.5]))).data, [1 / 3, 1 / 3, 1 / 3])
    close((await apply(projectSimplex, array([2, 0, 0]))).data, [1, 0, 0])
    close((await apply(projectSimplex, array([0.8, 0.6, -1]))).data, [0.6, 0.4, 0])
    close((await apply(projectSimplex, array([[-3]]))).data, [1])
  })

  it('agrees with bisection on 17 classes, far from the set too', async () => {
    for (const scale of [0.01, 1, 100]) {
      const y = random(5).normals([40, 17], 0, scale)
      const projected = rowsOf(await apply(projectSimplex, y))
      for (const [i, row] of rowsOf(y).entries())
        close(projected[i]!, hostProjectSimplex(row, 17), scale > 10 ? 4 : 5)
    }
    const shifted = await apply(projectSimplex, array([1e6 + 0.5, 1e6, 1e6 - 100]))
    close(shifted.data, [0.75, 0.25, 0], 4)
  })
})

describe('projectBox', () => {
  it('clips', async () => {
    close((await apply(projectBox, array([-0.2, 0.3, 7]))).data, [0, 0.3, 1])
  })
})

describe('mirrorDescent', () => {
  it('takes the step that minimizes linear term plus divergence', async () => {
    // Two points of each, found by hand: multiplicative weights, and logits that move by the gradient.
    const step = async (domain: Domain, start: NDArray, slope: NDArray): Promise<NDArray> =>
      jit((y: Tensor) => ({
        ...mirrorDescent({ steps: 1, stepSize: 0.5 })({
          energy: (x) =>
            sum(
              mul(x, constant(slope)),
              slope.shape.slice(1).map((_, i) => i + 1),
            ),
          domain,
          start: y,
        }),
      }))(start).then(({ y }) => y)
    const weights = [0.2 * Math.exp(-0.5), 0.3 * Math.exp(0.5), 0.5]
    const total = weights.reduce((a, b) => a + b)
    const tags = await step(
      simplex({ positions: 1, classes: 3 }),
      array([[[0.2, 0.3, 0.5]]]),
      array([[[1, -1, 0]]]),
    )
    close(
      tags.data,
      weights.map((w) => w / total),
    )
    const odds = (0.2 / 0.8) * Math.exp(-1)
    const label = await step(box([1]), array([[0.2]]), array([[2]]))
    close(label.data, [odds / (1 + odds)])
  })
})

describe('masked', () => {
  it('refuses a mask that does not fit', async () => {
    await expect(scope(() => masked(box([3]), constant(array([[1, 0]]))).start(1))).rejects.toThrow(
      ShapeError,
    )
  })
})
