import type { DType, NDArray } from '../ndarray.ts'
import { ndarray, sizeOf } from '../ndarray.ts'
import type { Tensor } from '../ops/tensor.ts'
import type { Random } from '../random.ts'
import type { Wide } from './wide.ts'

/** One use of an op and what must come out. */
export interface OpCase {
  /** The exported name of the op. */
  readonly op: string
  /** What is special about this use. */
  readonly detail: string
  /** Draws the arguments. */
  readonly inputs: readonly Sample[]
  /** The use of the op. */
  readonly apply: (...inputs: Tensor[]) => Tensor | readonly Tensor[]
  /** The same in double precision. */
  readonly reference: (...inputs: Wide[]) => Wide | readonly Wide[]
  /** The type of the result; default float32. */
  readonly dtype?: DType
  /** Whether the first and second derivative are compared with differences of the reference; default true. */
  readonly differentiable?: boolean
}

/** How an argument is drawn. */
export type Sample = (random: Random) => NDArray

/** Uniform numbers. */
export function uniform(shape: readonly number[], low = -2, high = 2): Sample {
  return (random) => random.uniforms(shape, low, high)
}

/** Numbers that lie at least 0.1 apart, in random order around 0: no ties, no kinks nearby. */
export function distinct(shape: readonly number[]): Sample {
  return (random) => {
    const size = sizeOf(shape)
    const order = random.permutation(size)
    return ndarray(
      Float32Array.from(order, (rank) => 0.2 * (rank - size / 2) + 0.05 + 0.1 * random.uniform()),
      shape,
    )
  }
}

/** These numbers. */
export function given(
  data: readonly number[],
  shape: readonly number[] = [data.length],
  dtype: DType = 'float32',
): Sample {
  return () => ndarray(data, shape, dtype)
}

/** Whole numbers from 0 up to a limit. */
export function integers(shape: readonly number[], limit: number): Sample {
  return (random) =>
    ndarray(
      Int32Array.from({ length: sizeOf(shape) }, () => random.integer(limit)),
      shape,
    )
}

/** Truth values. */
export function booleans(shape: readonly number[]): Sample {
  return (random) =>
    ndarray(
      Uint8Array.from({ length: sizeOf(shape) }, () => random.integer(2)),
      shape,
    )
}

/** A shape, for the name of a case. */
export function shown(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`
}

/** A use with one argument of uniform numbers. */
export function ofOne(
  op: string,
  detail: string,
  shape: readonly number[],
  apply: (x: Tensor) => Tensor | readonly Tensor[],
  reference: (x: Wide) => Wide | readonly Wide[],
): OpCase {
  return {
    op,
    detail: `${shown(shape)} ${detail}`,
    inputs: [uniform(shape)],
    apply: (x) => apply(x),
    reference: (x) => reference(x),
  }
}
