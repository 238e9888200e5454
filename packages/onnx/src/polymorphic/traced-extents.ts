import type { Pattern } from './pattern.ts'

/**
 * The extents at which an open graph is traced: two primes that divide no other extent, so that multiples of them are told from other numbers, and
 * far apart, so that functions which do something else with many rows are found out.
 */
export function tracedExtents({ shapes }: Pattern): readonly [number, number] {
  const extents = shapes.flat().filter((extent) => typeof extent === 'number')
  const usable = (prime: number): boolean => extents.every((extent) => extent % prime !== 0)
  return [[61, 67, 71, 73].find(usable) ?? 79, [499, 503, 509, 521].find(usable) ?? 523]
}
