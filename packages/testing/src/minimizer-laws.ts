import {
  add,
  array,
  cast,
  constant,
  grad,
  greater,
  type Host,
  jit,
  logicalAnd,
  max,
  mul,
  type NDArray,
  ndarray,
  random,
  reshape,
  sizeOf,
  sum,
  type Tensor,
  where,
} from '@deepstruct/tensor'
import { describe, expect, it } from 'vitest'
import { binaryStructures, enumerate, oneHotStructures } from './enumeration.ts'
import type {
  ContractDomain,
  ContractMinimizer,
  ContractOptions,
  ContractSolution,
  MinimizerContract,
} from './minimizer-contract.ts'
import {
  convexEnergies,
  convexMinimum,
  hostParams,
  hostProjectBox,
  hostProjectSimplex,
  interiorQuadratic,
  pairwise,
  paramRows,
  type SmallEnergy,
  smallEnergies,
  type SmallParams,
} from './small-energies.ts'

const rows = 4
const positions = 2
const classes = 3
const size = positions * classes

/** The domains that the laws are tried on, as the host knows them. */
const kinds = {
  box: {
    start: 0.5,
    structures: () => binaryStructures(size),
    project: hostProjectBox,
  },
  simplex: {
    start: 1 / classes,
    structures: () => oneHotStructures(positions, classes),
    project: (y: readonly number[]) => hostProjectSimplex(y, classes),
  },
} as const

type Kind = keyof typeof kinds

interface Case {
  readonly title: string
  readonly energy: SmallEnergy
  readonly kind: Kind
}

function casesOf(energies: readonly SmallEnergy[]): readonly Case[] {
  return energies.flatMap((energy) =>
    (['box', 'simplex'] as const).map((kind) => ({
      title: `${energy.name}, ${kind}`,
      energy,
      kind,
    })),
  )
}

const cases = casesOf(smallEnergies)

/** The points of each row and their energies, from the center of the domain. */
function solve<D extends ContractDomain>(
  { domains }: MinimizerContract<D>,
  minimizer: ContractMinimizer<D>,
  { energy, kind }: Pick<Case, 'energy' | 'kind'>,
  params: SmallParams<NDArray>,
): Promise<Host<ContractSolution>> {
  return jit((p: SmallParams<Tensor>) => {
    const domain = kind === 'box' ? domains.box([size]) : domains.simplex({ positions, classes })
    const start = domain.start(p.vector.shape[0] ?? 0)
    return { ...minimizer({ energy: (y) => energy.energy(p, flat(y)), domain, start }) }
  })(params)
}

function drawn({ energy }: Pick<Case, 'energy'>): SmallParams<NDArray> {
  return energy.draw(random(7), rows, size)
}

function hostEnergy(
  { energy }: Case,
  params: SmallParams<NDArray>,
  row: number,
  y: readonly number[],
): number {
  return energy.host(hostParams(params, row), y)
}

function centerOf(kind: Kind): readonly number[] {
  return Array.from({ length: size }, () => kinds[kind].start)
}

export function endsAtFeasiblePoints<D extends ContractDomain>(of: MinimizerContract<D>): void {
  it.each(cases)('ends at feasible points, with their energies: $title', async (on) => {
    const params = drawn(on)
    const { y, energy } = await solve(of, of.make({ steps: 30 }), on, params)
    for (let row = 0; row < rows; row++) {
      const point = rowOf(y, row)
      expectClose(point, kinds[on.kind].project(point), 5)
      expect(energy.data[row]).toBeCloseTo(hostEnergy(on, params, row, point), 4)
    }
  })
}

export function treatsRowsAlone<D extends ContractDomain>(of: MinimizerContract<D>): void {
  it.each(cases)('finds for a row alone what it finds in a batch: $title', async (on) => {
    const params = drawn(on)
    const together = await solve(of, of.make({ steps: 30 }), on, params)
    const alone = await solve(of, of.make({ steps: 30 }), on, paramRows(params, 2))
    expectClose(rowOf(alone.y, 0), rowOf(together.y, 2), 4)
  })
}

export function isNeverWorse<D extends ContractDomain>(of: MinimizerContract<D>): void {
  it.each(cases)('never ends above its start: $title', async (on) => {
    const params = drawn(on)
    const { energy } = await solve(of, of.make({ steps: 10 }), on, params)
    for (let row = 0; row < rows; row++) {
      const first = hostEnergy(on, params, row, centerOf(on.kind))
      expect(energy.data[row]).toBeLessThanOrEqual(first + 1e-5)
    }
  })
}

export function neverRaises<D extends ContractDomain>(of: MinimizerContract<D>): void {
  it.each(cases)('never raises the energy: $title', async (on) => {
    const { trace } = await solve(of, of.make({ steps: 15, trace: true }), on, drawn(on))
    for (let row = 0; row < rows; row++) {
      const energies = rowOf(trace!, row)
      for (const [t, value] of energies.slice(1).entries())
        expect(value).toBeLessThanOrEqual(energies[t]! + 1e-6)
    }
  })
}

export function findsBestCorners<D extends ContractDomain>(of: MinimizerContract<D>): void {
  it.each(cases)('finds the best corner: $title', async (on) => {
    const params = drawn(on)
    const { y, energy } = await solve(of, of.make({ steps: 1 }), on, params)
    for (let row = 0; row < rows; row++) {
      const best = enumerate(kinds[on.kind].structures(), (s) => hostEnergy(on, params, row, s))
      expect(energy.data[row]).toBeCloseTo(best.minimum, 4)
      expect(rowOf(y, row)).toEqual(best.minimizer)
    }
  })
}

export function findsConvexMinima<D extends ContractDomain>(
  of: MinimizerContract<D>,
  steps: number,
): void {
  it.each(casesOf(convexEnergies))('comes within 1e-3 of the minimum: $title', async (on) => {
    const params = on.energy.draw(random(11), rows, size)
    const { energy } = await solve(of, of.make({ steps }), on, params)
    for (let row = 0; row < rows; row++) {
      const least = convexMinimum(on.energy, hostParams(params, row), kinds[on.kind].project)
      expect(energy.data[row]! - least).toBeLessThan(1e-3)
      expect(energy.data[row]! - least).toBeGreaterThan(-1e-4)
    }
  })
}

export function handsOutTraces<D extends ContractDomain>(of: MinimizerContract<D>): void {
  it.each(cases)('hands out the energies on its way: $title', async (on) => {
    const params = drawn(on)
    const traced = await solve(of, of.make({ steps: 5, trace: true }), on, params)
    const longer = await solve(of, of.make({ steps: 9, trace: true }), on, params)
    expect(traced.trace!.shape).toEqual([rows, 6])
    for (let row = 0; row < rows; row++) {
      const energies = rowOf(traced.trace!, row)
      expect(energies[0]).toBeCloseTo(hostEnergy(on, params, row, centerOf(on.kind)), 4)
      expect(energies[5]).toBe(traced.energy.data[row])
      expectClose(rowOf(longer.trace!, row).slice(0, 6), energies, 5)
    }
  })
}

export function honorsMasks<D extends ContractDomain>(of: MinimizerContract<D>): void {
  const { domains, make } = of
  it('treats a masked row as the shorter row', async () => {
    const params = pairwise.draw(random(3), 2, size)
    const short = classes // one position of two
    const solveMasked = jit((p: SmallParams<Tensor>, mask: Tensor) => {
      const domain = domains.simplex({ positions, classes, mask })
      const energy = (y: Tensor): Tensor => pairwise.energy(p, flat(y))
      return { ...make({ steps: 10 })({ energy, domain, start: domain.start(2) }) }
    })
    const solveShort = jit((p: SmallParams<Tensor>) => {
      const domain = domains.simplex({ positions: 1, classes })
      const energy = (y: Tensor): Tensor => pairwise.energy(p, flat(y))
      return { ...make({ steps: 10 })({ energy, domain, start: domain.start(1) }) }
    })
    const masked = await solveMasked(
      params,
      array([
        [1, 1],
        [1, 0],
      ]),
    )
    const { matrix, vector } = hostParams(params, 1)
    const block = Array.from({ length: short }, (_, i) =>
      matrix.slice(i * size, i * size + short),
    ).flat()
    const alone = await solveShort({
      matrix: ndarray(block, [1, short, short]),
      vector: ndarray(vector.slice(0, short), [1, short]),
    })
    expectClose(rowOf(masked.y, 1).slice(0, short), rowOf(alone.y, 0), 5)
    expect(rowOf(masked.y, 1).slice(short)).toEqual(Array.from({ length: size - short }, () => 0))
    expect(masked.energy.data[1]).toBeCloseTo(alone.energy.data[0]!, 5)
    const full = await solve(of, make({ steps: 10 }), { energy: pairwise, kind: 'simplex' }, params)
    expectClose(rowOf(masked.y, 0), rowOf(full.y, 0), 5)
  })
}

export function isOffTheTape<D extends ContractDomain>({
  domains,
  make,
}: MinimizerContract<D>): void {
  it('is a constant of derivatives taken outside', async () => {
    const params = interiorQuadratic.draw(random(5), 2, size)
    const slopes = await jit((p: SmallParams<Tensor>) =>
      grad((vector: Tensor) => {
        const domain = domains.box([size])
        const energy = (y: Tensor): Tensor => interiorQuadratic.energy({ ...p, vector }, y)
        const solution = make({ steps: 5 })({ energy, domain, start: domain.start(2) })
        return add(sum(solution.y), sum(solution.energy))
      })(p.vector),
    )(params)
    expect(new Set(slopes.data)).toEqual(new Set([0]))
  })
}

export function hasDerivatives<D extends ContractDomain>(
  { domains }: MinimizerContract<D>,
  unrolled: (options: ContractOptions) => ContractMinimizer<D>,
): void {
  it('has the derivative of its steps when unrolled', async () => {
    const params = interiorQuadratic.draw(random(6), 2, size)
    const weights = random(8).normals([2, size])
    const outcome = (p: SmallParams<Tensor>, vector: Tensor): Tensor => {
      const domain = domains.box([size])
      const energy = (y: Tensor): Tensor => interiorQuadratic.energy({ ...p, vector }, y)
      const { y } = unrolled({ steps: 4 })({ energy, domain, start: domain.start(2) })
      return sum(mul(y, constant(weights)))
    }
    const value = jit((p: SmallParams<Tensor>) => outcome(p, p.vector))
    const slopes = await jit((p: SmallParams<Tensor>) =>
      grad((vector: Tensor) => outcome(p, vector))(p.vector),
    )(params)
    for (let i = 0; i < params.vector.data.length; i++) {
      const at = async (offset: number): Promise<number> => {
        const data = Float32Array.from(params.vector.data)
        data[i]! += offset
        return (await value({ ...params, vector: ndarray(data, params.vector.shape) })).data[0]!
      }
      const difference = ((await at(0.004)) - (await at(-0.004))) / 0.008
      expect(Math.abs(slopes.data[i]! - difference)).toBeLessThan(2e-3)
    }
    expect(Math.max(...slopes.data)).toBeGreaterThan(0.01)
  })
}

export function reportsStatuses<D extends ContractDomain>(of: MinimizerContract<D>): void {
  const { domains, make, promises } = of
  const on = { energy: interiorQuadratic, kind: 'box' } as const
  describe('statuses', () => {
    const params = drawn(on)

    it('are converged where the tolerance is reached, and rows stop there', async () => {
      const { status, steps: taken } = await solve(
        of,
        make({ steps: 300, tolerance: 0.05 }),
        on,
        params,
      )
      expect([...status.data]).toEqual([0, 0, 0, 0])
      expect(Math.max(...taken.data)).toBeLessThan(300)
      const row = taken.data.indexOf(Math.min(...taken.data))
      const enough = make({ steps: taken.data[row]! + 1, tolerance: 0.05 })
      const long = make({ steps: 300, tolerance: 0.05 })
      const early = await solve(of, enough, on, params)
      const late = await solve(of, long, on, params)
      expect(rowOf(late.y, row)).toEqual(rowOf(early.y, row))
    })

    it('are step limit where the steps are used up', async () => {
      const { status, steps: taken } = await solve(
        of,
        make({ steps: 2, tolerance: 1e-7 }),
        on,
        params,
      )
      expect([...status.data]).toEqual([1, 1, 1, 1])
      expect([...taken.data]).toEqual([2, 2, 2, 2])
    })

    it('are diverged where the energy is not a number, and other rows go on', async () => {
      const target = array([
        [0.9, 0.8],
        [0.9, 0.8],
        [0.6, 0.2],
      ])
      const solveWith = jit((center: Tensor, bad: Tensor) => {
        const domain = domains.box([2])
        const energy = (y: Tensor): Tensor => {
          const matrix = constant(
            ndarray(Float32Array.from([0, 1, 2].flatMap(() => [1, 0, 0, 1])), [3, 2, 2]),
          )
          const rowsOfEnergy = interiorQuadratic.energy({ matrix, vector: center }, y)
          const outside = greater(max(y, 1), 0.55)
          return add(rowsOfEnergy, where(logicalAnd(cast(bad, 'bool'), outside), Number.NaN, 0))
        }
        return { ...make({ steps: 20 })({ energy, domain, start: domain.start(3) }) }
      })
      const clean = await solveWith(target, array([0, 0, 0]))
      const mixed = await solveWith(target, array([0, 1, 0]))
      expect([...clean.status.data]).toEqual([1, 1, 1])
      expect(mixed.status.data[0]).toBe(1)
      expect(mixed.status.data[2]).toBe(1)
      expectClose(rowOf(mixed.y, 0), rowOf(clean.y, 0), 6)
      expectClose(rowOf(mixed.y, 2), rowOf(clean.y, 2), 6)
      expect(Number.isFinite(mixed.energy.data[1])).toBe(true)
      expect(Math.max(...rowOf(mixed.y, 1))).toBeLessThanOrEqual(Math.fround(0.55))
      // A line search backs away from the bad region; without one the row leaves the numbers.
      expect(mixed.status.data[1]).toBe(promises.monotone ? 1 : 2)
    })
  })
}

function flat(y: Tensor): Tensor {
  return reshape(y, [-1, sizeOf(y.shape.slice(1))])
}

function rowOf({ data, shape }: NDArray, row: number): number[] {
  const width = sizeOf(shape.slice(1))
  return [...data.subarray(row * width, (row + 1) * width)]
}

function expectClose(got: readonly number[], expected: readonly number[], digits: number): void {
  expect(got.length).toBe(expected.length)
  for (const [i, value] of got.entries()) expect(value).toBeCloseTo(expected[i]!, digits)
}
