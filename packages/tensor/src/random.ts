import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus, xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'
import { DomainError } from './errors.ts'
import { type NDArray, sizeOf } from './ndarray.ts'

/** The whole state of a {@link Random}: plain numbers, so that a checkpoint can hold it. */
export type RandomState = readonly number[]

/**
 * An explicit source of random numbers. Numbers are drawn on the host, in one order, and enter jitted functions as inputs; so the
 * same seed gives the same draws on every engine and platform.
 */
export interface Random {
  /** One number, uniform in $[0, 1)$ with 53 bits. */
  uniform(): number
  /** One integer, uniform in $\{0, …, \text{limit} - 1\}$. */
  integer(limit: number): number
  /** One standard normal number. */
  normal(): number
  /** An array of numbers uniform in $[\text{low}, \text{high})$. */
  uniforms(shape: readonly number[], low?: number, high?: number): NDArray
  /** An array of normal numbers. */
  normals(shape: readonly number[], mean?: number, deviation?: number): NDArray
  /** An array of ones with this probability, zeros otherwise. */
  bernoullis(shape: readonly number[], probability: number): NDArray
  /** The integers $0, …, n - 1$ in random order. */
  permutation(n: number): Int32Array
  /** A new source, independent of this one's later draws; it takes one draw from this one. */
  split(): Random
  /** The state, to go on from exactly here with {@link randomFromState}. */
  state(): RandomState
}

/**
 * A source of random numbers from a seed (xoroshiro128+, by pure-rand).
 *
 * @param seed - any safe integer
 * @throws {@link DomainError} when the seed is no safe integer
 */
export function random(seed: number): Random {
  if (!Number.isSafeInteger(seed))
    throw new DomainError({
      function: 'random',
      argument: 'seed',
      got: String(seed),
      expected: 'a safe integer',
    })
  return seeded(seed | 0, Math.floor(seed / 2 ** 32))
}

/** The generator takes 32 bits; the high part of a large or negative seed goes into its state, so that it counts too. */
function seeded(low: number, high: number): Random {
  const state = xoroshiro128plus(Math.imul(low ^ (low >>> 16), 0x45d9f3b) ^ 0x2545f491).getState()
  const generator = xoroshiro128plusFromState(state.with(1, state[1]! ^ high))
  // The first outputs of xoroshiro are close to its seed, so neighbouring seeds would start alike: they are skipped.
  for (let i = 0; i < 64; i++) generator.next()
  return source(generator)
}

/** The source whose {@link Random.state} was `state`. */
export function randomFromState(state: RandomState): Random {
  return source(xoroshiro128plusFromState(state))
}

type Generator = ReturnType<typeof xoroshiro128plus>

function source(generator: Generator): Random {
  const uniform = (): number => uniformFloat64(generator)
  // Bulk draws take one 32-bit step each; 24 bits fill a float32.
  const coarse = (): number => (generator.next() >>> 8) * 2 ** -24
  // The second number of each Box–Muller pair is dropped, so that the state is the generator's alone.
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
  const fill = (shape: readonly number[], draw: () => number): NDArray => {
    const data = new Float32Array(sizeOf(shape))
    for (let i = 0; i < data.length; i++) data[i] = draw()
    return { shape, dtype: 'float32', data }
  }
  return {
    uniform,
    normal,
    integer: (limit) => uniformInt(generator, 0, limit - 1),
    uniforms: (shape, low = 0, high = 1) => fill(shape, () => low + (high - low) * coarse()),
    normals: (shape, mean = 0, deviation = 1) => fill(shape, () => mean + deviation * normal()),
    bernoullis(shape, probability) {
      const data = new Float32Array(sizeOf(shape))
      // The sign of a difference, because a branch that goes either way at random costs more than the draw.
      const limit = Math.ceil(probability * 2 ** 24)
      for (let i = 0; i < data.length; i++) data[i] = ((generator.next() >>> 8) - limit) >>> 31
      return { shape, dtype: 'float32', data }
    },
    permutation(n) {
      const order = Int32Array.from({ length: n }, (_, i) => i)
      for (let i = n - 1; i > 0; i--) {
        const j = uniformInt(generator, 0, i)
        const swap = order[i] as number
        order[i] = order[j] as number
        order[j] = swap
      }
      return order
    },
    split: () => seeded(generator.next(), 0),
    state: () => generator.getState(),
  }
}
