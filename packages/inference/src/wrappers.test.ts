import {
  add,
  array,
  constant,
  dot,
  greater,
  logicalOr,
  neg,
  where,
  DomainError,
  grad,
  jit,
  mul,
  random,
  scope,
  ShapeError,
  square,
  squaredDifference,
  sub,
  sum,
  type Tensor,
  unstack,
} from '@deepstruct/tensor'
import {
  binaryStructures,
  enumerate,
  hostParams,
  pairwise,
  type SmallParams,
} from '@deepstruct/testing'
import { describe, expect, it } from 'vitest'
import {
  bestSoFar,
  box,
  costAugmented,
  exhaustive,
  frankWolfe,
  logitGradient,
  type Minimizer,
  mirrorDescent,
  projectedGradient,
  severalStarts,
  unrolled,
} from './index.ts'

const size = 5
const params = pairwise.draw(random(21), 6, size)

/** The solution of random pairwise energies. */
const solve = (minimizer: Minimizer) =>
  jit((p: SmallParams<Tensor>) => {
    const domain = box([size])
    const energy = (y: Tensor): Tensor => pairwise.energy(p, y)
    return { ...minimizer({ energy, domain, start: domain.start(6) }) }
  })(params)

describe('bestSoFar', () => {
  it('returns the point of least energy on the way', async () => {
    const jumpy = projectedGradient({ stepSize: 3, momentum: 0.9, steps: 12, trace: true })
    const plain = await solve(jumpy)
    const best = await solve(bestSoFar(jumpy))
    let improved = 0
    for (let row = 0; row < 6; row++) {
      const trace = plain.trace!.data.subarray(row * 13, (row + 1) * 13)
      expect(best.energy.data[row]).toBeCloseTo(Math.min(...trace), 5)
      const y = [...best.y.data.subarray(row * size, (row + 1) * size)]
      expect(pairwise.host(hostParams(params, row), y)).toBeCloseTo(best.energy.data[row]!, 4)
      if (best.energy.data[row]! < plain.energy.data[row]! - 1e-4) improved++
    }
    expect(improved).toBeGreaterThan(0)
  })
})

describe('severalStarts', () => {
  it('is as good as each start for each row, and better than any one', async () => {
    const noise = random(4).uniforms([3, 6, size])
    const minimizer = projectedGradient({ steps: 40, trace: true })
    const run = jit((p: SmallParams<Tensor>, starts: Tensor) => {
      const domain = box([size])
      const energy = (y: Tensor): Tensor => pairwise.energy(p, y)
      const problem = { energy, domain, start: domain.start(6) }
      const each = [problem.start, ...unstack(starts)].map((start) =>
        minimizer({ ...problem, start }),
      )
      return {
        each: each.map((solution) => solution.energy),
        together: { ...severalStarts(minimizer, { starts: unstack(starts) })(problem) },
      }
    })
    const { each, together } = await run(params, noise)
    for (let row = 0; row < 6; row++) {
      expect(together.energy.data[row]).toBe(Math.min(...each.map(({ data }) => data[row]!)))
      expect(together.trace!.data[row * 41 + 40]).toBe(together.energy.data[row])
    }
  })

  it('never takes an outcome that is not a number', async () => {
    const run = jit((start: Tensor, other: Tensor) => {
      const energy = (y: Tensor): Tensor => sum(mul(y, sub(y, y)), 1)
      const minimizer: Minimizer = (problem) => {
        const { y, steps, status } = projectedGradient({ steps: 1 })(problem)
        return { y, steps, status, energy: sum(mul(problem.start, 1), 1) }
      }
      return {
        ...severalStarts(minimizer, { starts: [other] })({ energy, domain: box([1]), start }),
      }
    })
    const nan = array([[Number.NaN]])
    expect([...(await run(nan, array([[1]]))).energy.data]).toEqual([1])
    expect([...(await run(array([[1]]), nan)).energy.data]).toEqual([1])
  })
})

describe('unrolled', () => {
  it('gives every iterate and ends as the plain search does', async () => {
    const minimizer = logitGradient({ steps: 6 })
    const result = await jit((p: SmallParams<Tensor>) => {
      const domain = box([size])
      const problem = {
        energy: (y: Tensor): Tensor => pairwise.energy(p, y),
        domain,
        start: domain.start(6),
      }
      const shorter = logitGradient({ steps: 2 })(problem)
      const { iterates, y } = unrolled(minimizer)(problem)
      return { iterates, y, plain: minimizer(problem).y, second: shorter.y }
    })(params)
    expect(result.iterates.length).toBe(6)
    expect(result.iterates[5]!.data).toEqual(result.y.data)
    expect(result.y.data).toEqual(result.plain.data)
    expect(result.iterates[1]!.data).toEqual(result.second.data)
  })

  it('passes a gradient through a saturated point in logits, and none by projection', async () => {
    const slope = (minimizer: 'logits' | 'projection') =>
      jit((c: Tensor) =>
        grad((center: Tensor) => {
          const domain = box([1])
          const search = unrolled(
            minimizer === 'logits'
              ? logitGradient({ steps: 20, stepSize: 2 })
              : projectedGradient({ steps: 20, stepSize: 0.5 }),
          )
          const energy = (y: Tensor): Tensor => sum(square(sub(y, center)), 1)
          return sum(search({ energy, domain, start: domain.start(1) }).y)
        })(c),
      )(1.5)
    expect((await slope('projection')).data[0]).toBeCloseTo(0, 12)
    expect((await slope('logits')).data[0]).toBeGreaterThan(1e-3)
  })

  it('lets a loss over all iterates have its gradient', async () => {
    const loss = (center: Tensor): Tensor => {
      const domain = box([1])
      const energy = (y: Tensor): Tensor => sum(square(sub(y, center)), 1)
      const { iterates } = unrolled(mirrorDescent({ steps: 5, stepSize: 0.5 }))({
        energy,
        domain,
        start: domain.start(1),
      })
      return iterates
        .map((y, t) => mul(sum(squaredDifference(y, 0.9)), 1 / (5 - t)))
        .reduce((a, b) => add(a, b))
    }
    const value = jit(loss)
    const slope = await jit((c: Tensor) => grad(loss)(c))(0.3)
    const difference = ((await value(0.31)).data[0]! - (await value(0.29)).data[0]!) / 0.02
    expect(slope.data[0]).toBeCloseTo(difference, 3)
  })
})

describe('costAugmented', () => {
  it('has the margin violator as its minimum', async () => {
    const truth = random(9).bernoullis([6, size], 0.5)
    const hamming = (yTrue: Tensor, y: Tensor): Tensor =>
      sum(add(mul(yTrue, sub(1, y)), mul(sub(1, yTrue), y)), 1)
    const { y, energy } = await jit((p: SmallParams<Tensor>, yTrue: Tensor) => {
      const domain = box([size])
      const augmented = costAugmented((at) => pairwise.energy(p, at), hamming, yTrue)
      return { ...exhaustive()({ energy: augmented, domain, start: domain.start(6) }) }
    })(params, truth)
    for (let row = 0; row < 6; row++) {
      const target = truth.data.slice(row * size, (row + 1) * size)
      const best = enumerate(
        binaryStructures(size),
        (s) =>
          pairwise.host(hostParams(params, row), s) -
          s.reduce((wrong, value, k) => wrong + (value === target[k] ? 0 : 1), 0),
      )
      expect([...y.data.subarray(row * size, (row + 1) * size)]).toEqual(best.minimizer)
      expect(energy.data[row]).toBeCloseTo(best.minimum, 4)
    }
  })
})

describe('exhaustive', () => {
  it('says that a domain is too large', async () => {
    const run = scope(() => {
      const domain = box([20])
      return {
        ...exhaustive({ limit: 100 })({
          energy: (y) => sum(y, 1),
          domain,
          start: domain.start(1),
        }),
      }
    })
    await expect(run).rejects.toThrow(DomainError)
    await expect(run).rejects.toThrow('1048576')
  })

  it('passes over energies that are not numbers, and diverges where there is no other', async () => {
    const {
      y,
      energy: least,
      status,
    } = await jit((allBad: Tensor) => {
      const domain = box([2])
      // The lowest corner, (1, 1), has no energy; in the second row none has.
      const energy = (at: Tensor): Tensor =>
        where(
          logicalOr(greater(add(sum(at, 1), allBad), 1.5), greater(allBad, 1)),
          Number.NaN,
          neg(dot(at, constant(array([1, 2])))),
        )
      return { ...exhaustive()({ energy, domain, start: domain.start(2) }) }
    })(array([0, 2]))
    expect([...status.data]).toEqual([0, 2])
    expect([...y.data.subarray(0, 2)]).toEqual([0, 1])
    expect(least.data[0]).toBe(-2)
  })
})

describe('mistakes', () => {
  const problem = () => {
    const domain = box([3])
    return { energy: (y: Tensor): Tensor => sum(y, 1), domain, start: domain.start(2) }
  }

  it('in options are refused when the minimizer is made', () => {
    expect(() => projectedGradient({ stepSize: 0 })).toThrow(DomainError)
    expect(() => projectedGradient({ momentum: 1 })).toThrow('momentum')
    expect(() => projectedGradient({ steps: 0 })).toThrow('positive whole number')
    expect(() => projectedGradient({ backtracking: { shrink: 1 } })).toThrow('shrink')
    expect(() => frankWolfe({ lineSearch: { attempts: 0 } })).toThrow('attempts')
    expect(() => mirrorDescent({ stepSize: Number.NaN })).toThrow('mirrorDescent')
    expect(() => logitGradient({ tolerance: -1 })).toThrow('tolerance')
  })

  it('in shapes are named', async () => {
    const wrongStart = scope(() => ({
      ...projectedGradient()({ ...problem(), start: box([4]).start(2) }),
    }))
    await expect(wrongStart).rejects.toThrow(ShapeError)
    await expect(wrongStart).rejects.toThrow('[2, 4]')
    const scalarEnergy = scope(() => ({
      ...projectedGradient()({ ...problem(), energy: (y) => sum(y) }),
    }))
    await expect(scalarEnergy).rejects.toThrow('one energy a row')
  })
})
