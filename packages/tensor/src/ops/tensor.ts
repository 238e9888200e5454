import {
  type Tensor as TfjsTensor,
  scalar as tfjsScalar,
  Tensor as TfjsTensorClass,
} from '@tensorflow/tfjs-core'

/** The engine's array: a tensor of tfjs. It lives only inside a function passed to `jit` or `scope`. */
export type Tensor = TfjsTensor

/** A tensor, or a number that stands for a float32 scalar. */
export type TensorLike = Tensor | number

/** Whether a value is a {@link Tensor}. */
export function isTensor(value: unknown): value is Tensor {
  return value instanceof TfjsTensorClass
}

/** The tensor itself, or a float32 scalar. */
export function asTensor(value: TensorLike): Tensor {
  return typeof value === 'number' ? tfjsScalar(value, 'float32') : value
}
