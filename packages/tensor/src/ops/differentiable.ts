import { engine, zerosLike } from '@tensorflow/tfjs-core'
import { asTensor, type Tensor, type TensorLike } from './tensor.ts'

/** What tfjs runs an op with a gradient of its own through: `customGrad`, but each gradient is computed only where it is wanted. */
interface OpRunner {
  runKernelFunc(op: {
    inputs: Readonly<Record<number, Tensor>>
    forwardFunc(backend: unknown, save: (tensors: readonly Tensor[]) => void): Tensor
    backwardsFunc(dy: Tensor, saved: readonly Tensor[]): Readonly<Record<number, () => Tensor>>
  }): Tensor
}

function run<Inputs extends readonly Tensor[]>(
  inputs: Inputs,
  forward: () => Tensor,
  backward: (dy: Tensor, saved: Inputs) => Readonly<Record<number, () => Tensor>>,
): Tensor {
  return (engine() as unknown as OpRunner).runKernelFunc({
    inputs: Object.fromEntries(inputs.entries()),
    forwardFunc(_, save) {
      save(inputs)
      return forward()
    },
    backwardsFunc: (dy, saved) => backward(dy, saved as Inputs),
  })
}

/**
 * An op of one argument whose derivative is written with this package's own ops, so that it can be differentiated again.
 *
 * tfjs saves the *output* of several ops for their gradient. The saved copy is off the tape, so a second derivative silently misses a
 * term. Here the input is saved and the backward function computes what it needs from it, on the tape.
 *
 * @param forward - computes the value
 * @param backward - maps the gradient at the output and the input to the gradient at the input
 */
export function differentiable(
  forward: (x: Tensor) => Tensor,
  backward: (dy: Tensor, x: Tensor) => Tensor,
): (x: TensorLike) => Tensor {
  return (value) => {
    const x = asTensor(value)
    return run(
      [x] as const,
      () => forward(x),
      (dy, [saved]) => ({ 0: () => backward(dy, saved) }),
    )
  }
}

/** The same for two arguments; `backward` gives how to compute either gradient, and only what is wanted is computed. */
export function differentiable2(
  forward: (a: Tensor, b: Tensor) => Tensor,
  backward: (dy: Tensor, a: Tensor, b: Tensor) => readonly [() => Tensor, () => Tensor],
): (a: TensorLike, b: TensorLike) => Tensor {
  return (left, right) => {
    const a = asTensor(left)
    const b = asTensor(right)
    return run(
      [a, b] as const,
      () => forward(a, b),
      (dy, [savedA, savedB]) => {
        const [first, second] = backward(dy, savedA, savedB)
        return { 0: first, 1: second }
      },
    )
  }
}

/** The same for a differentiable argument beside whole numbers that have no derivative, such as indices. */
export function differentiableAt(
  forward: (x: Tensor, indices: Tensor) => Tensor,
  backward: (dy: Tensor, indices: Tensor) => Tensor,
): (x: Tensor, indices: Tensor) => Tensor {
  return (x, indices) =>
    run(
      [x, indices] as const,
      () => forward(x, indices),
      (dy, [, saved]) => ({ 0: () => backward(dy, saved) }),
    )
}

/**
 * An op with any number of arguments and results. What is needed for the gradient is saved by the forward function, which gets no `save` when no
 * tape runs.
 *
 * @param backward - maps the gradients at the results, and what was saved, to those at the inputs; nothing at one that has no derivative
 */
export function differentiableTogether(
  inputs: readonly Tensor[],
  forward: (save: ((tensors: readonly Tensor[]) => void) | undefined) => readonly Tensor[],
  backward: (
    gradients: readonly Tensor[],
    saved: readonly Tensor[],
  ) => readonly (Tensor | undefined)[],
): readonly Tensor[] {
  const taped = engine().isTapeOn()
  return (engine() as unknown as ManyRunner).runKernelFunc({
    inputs: Object.fromEntries(inputs.entries()),
    forwardFunc: (_, save) => forward(taped ? save : undefined),
    backwardsFunc(dy, saved) {
      const gradients = backward(Array.isArray(dy) ? dy : [dy as Tensor], saved)
      return Object.fromEntries(
        inputs.map((input, i) => [i, () => gradients[i] ?? zerosLike(input)]),
      )
    },
  })
}

/** {@link OpRunner} for ops with several results; tfjs hands the gradient of a single one over without an array. */
interface ManyRunner {
  runKernelFunc(op: {
    inputs: Readonly<Record<number, Tensor>>
    forwardFunc(backend: unknown, save: (tensors: readonly Tensor[]) => void): readonly Tensor[]
    backwardsFunc(
      dy: Tensor | readonly Tensor[],
      saved: readonly Tensor[],
    ): Readonly<Record<number, () => Tensor>>
  }): readonly Tensor[]
}
