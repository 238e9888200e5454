import { describe, expect, it } from 'vitest'
import { DomainError, random, randomFromState } from './index.ts'

const count = 20_000

function mean(values: Iterable<number>): number {
  let sum = 0
  let size = 0
  for (const value of values) {
    sum += value
    size++
  }
  return sum / size
}

/** Pearson's correlation of two sequences; of independent ones it has deviation 1/√n. */
function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [x, y] = [Array.from(a), Array.from(b)]
  const [meanX, meanY] = [mean(x), mean(y)]
  const product = mean(x.map((value, i) => (value - meanX) * (y[i]! - meanY)))
  const spread = (values: number[], center: number): number =>
    Math.sqrt(mean(values.map((value) => (value - center) ** 2)))
  return product / (spread(x, meanX) * spread(y, meanY))
}

const unrelated = 5 / Math.sqrt(count)

describe('random', () => {
  it('repeats with the seed', () => {
    const draw = (): unknown => {
      const source = random(7)
      return [
        source.uniform(),
        source.integer(10),
        source.normal(),
        source.uniforms([3]),
        source.normals([2, 2]),
        source.bernoullis([5], 0.5),
        source.permutation(6),
        source.split().uniform(),
      ]
    }
    expect(draw()).toEqual(draw())
  })

  it('goes on from its state', () => {
    const source = random(3)
    source.normals([17])
    const copy = randomFromState(JSON.parse(JSON.stringify(source.state())))
    expect(copy.normals([9])).toEqual(source.normals([9]))
    expect(copy.state()).toEqual(source.state())
  })

  it('draws uniform numbers', () => {
    const { data } = random(1).uniforms([count], -1, 3)
    expect(Math.min(...data)).toBeGreaterThanOrEqual(-1)
    expect(Math.max(...data)).toBeLessThan(3)
    expect(Math.abs(mean(data) - 1)).toBeLessThan(5 * (4 / Math.sqrt(12 * count)))
    expect(mean(data.map((x) => (x - 1) ** 2))).toBeCloseTo(16 / 12, 1)
    expect(Math.abs(correlation(data.subarray(1), data.subarray(0, -1)))).toBeLessThan(unrelated)
  })

  it('draws normal numbers', () => {
    const { data } = random(2).normals([count], 2, 3)
    const moments = [1, 2, 3, 4].map((power) => mean(data.map((x) => ((x - 2) / 3) ** power)))
    // The deviations of the sample moments are √(var zᵏ / n): 1, √2, √15, √96 over √n.
    for (const [k, expected] of [0, 1, 0, 3].entries())
      expect(Math.abs(moments[k]! - expected)).toBeLessThan(
        (5 * [1, 1.5, 4, 10][k]!) / Math.sqrt(count),
      )
  })

  it('draws ones with their probability', () => {
    const { data } = random(4).bernoullis([count], 0.3)
    expect(new Set(data)).toEqual(new Set([0, 1]))
    expect(Math.abs(mean(data) - 0.3)).toBeLessThan(5 * Math.sqrt((0.3 * 0.7) / count))
    expect(mean(random(4).bernoullis([100], 0).data)).toBe(0)
    expect(mean(random(4).bernoullis([100], 1).data)).toBe(1)
  })

  it('draws each integer as often as the others', () => {
    const source = random(5)
    const counts = [0, 0, 0, 0, 0, 0]
    for (let i = 0; i < count; i++) counts[source.integer(6)]!++
    for (const times of counts)
      expect(Math.abs(times - count / 6)).toBeLessThan(5 * Math.sqrt((count * 5) / 36))
  })

  it('permutes, each order as often as the others', () => {
    const source = random(6)
    expect([...source.permutation(50)].toSorted((a, b) => a - b)).toEqual([...Array(50).keys()])
    expect([...source.permutation(0)]).toEqual([])
    const orders = new Map<string, number>()
    for (let i = 0; i < 6000; i++) {
      const order = source.permutation(3).join('')
      orders.set(order, (orders.get(order) ?? 0) + 1)
    }
    expect(orders.size).toBe(6)
    for (const times of orders.values())
      expect(Math.abs(times - 1000)).toBeLessThan(5 * Math.sqrt((6000 * 5) / 36))
  })

  it('splits into unrelated sources', () => {
    const source = random(8)
    const [first, second] = [source.split(), source.split()]
    const [a, b, rest] = [first, second, source].map((s) => s.uniforms([count]).data) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ]
    for (const [x, y] of [
      [a, b],
      [a, rest],
      [b, rest],
    ] as const)
      expect(Math.abs(correlation(x, y))).toBeLessThan(unrelated)
  })

  it('draws unrelated numbers from neighbouring seeds, from the first one on', () => {
    const [a, b] = [1, 2].map((seed) => random(seed).uniforms([count]).data)
    expect(Math.abs(correlation(a!, b!))).toBeLessThan(unrelated)
    const firsts = Array.from({ length: count + 1 }, (_, seed) => random(seed).uniform())
    expect(Math.abs(correlation(firsts.slice(1), firsts.slice(0, -1)))).toBeLessThan(unrelated)
    expect(Math.abs(mean(firsts) - 0.5)).toBeLessThan(5 / Math.sqrt(12 * count))
    expect(new Set(firsts).size).toBe(count + 1)
  })

  it('tells large, negative and fractional seeds apart', () => {
    const seeds = [1, -1, 2 ** 32 + 1, 2 ** 40 + 1, Number.MAX_SAFE_INTEGER]
    expect(new Set(seeds.map((seed) => random(seed).uniform())).size).toBe(seeds.length)
    for (const seed of [0.5, Number.NaN, Infinity, 2 ** 53])
      expect(() => random(seed)).toThrow(DomainError)
  })
})
