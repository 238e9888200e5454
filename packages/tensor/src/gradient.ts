import { engine } from '@tensorflow/tfjs-core'
import { DTypeError, ShapeError } from './errors.ts'
import { sum } from './ops/reduction.ts'
import { zerosLike } from './ops/creation.ts'
import { isTensor, type Tensor } from './ops/tensor.ts'
import { flatten } from './tree.ts'

/** What {@link valueAndGrad} computes. */
export interface ValueAndGrad<T, Aux> {
  /** The value, a scalar. */
  readonly value: Tensor
  /** The gradient, of the structure and shapes of the argument. */
  readonly grad: T
  /** What the function computed beside its value. */
  readonly aux: Aux
}

/**
 * The value and gradient of a scalar function of a tree of tensors.
 *
 * $$ \nabla_\theta f(\theta) $$
 *
 * The gradient is itself a differentiable computation, so this can be nested. A leaf that does not influence the value gets zeros.
 *
 * @param fn - gives a scalar, or `{ value, aux }` with further tensors that are handed through without a gradient
 * @throws {@link ShapeError} when the value is no scalar
 * @throws {@link DTypeError} when a leaf is not float32
 *
 * @example
 * ```ts
 * import { add, array, jit, mul, sum, type Tensor, valueAndGrad } from '@deepstruct/tensor'
 *
 * const f = jit((w: Tensor) => valueAndGrad((v: Tensor) => sum(mul(v, add(v, 1))))(w))
 * const { value, grad } = await f(array([1, 2])) // 8, [3, 5]
 * ```
 */
export function valueAndGrad<T extends object, Aux = undefined>(
  fn: (x: T) => Tensor | { readonly value: Tensor; readonly aux: Aux },
): (x: T) => ValueAndGrad<T, Aux> {
  return (x) => {
    const { leaves, paths, rebuild } = flatten(x, isTensor, notATensor('valueAndGrad'))
    for (const [i, leaf] of leaves.entries())
      if (leaf.dtype !== 'float32')
        throw new DTypeError({
          function: 'valueAndGrad',
          argument: paths[i] || 'x',
          got: leaf.dtype,
          expected: 'float32',
          why: 'only floats have gradients',
        })
    const kept = keeper()
    const { value, grads } = engine().gradients(
      () => {
        const result = fn(x)
        const objective = isTensor(result) ? result : result.value
        if (objective.rank !== 0)
          throw new ShapeError({
            function: 'valueAndGrad',
            argument: 'value',
            got: `of shape [${objective.shape.join(', ')}]`,
            expected: 'a scalar',
            why: 'sum or average it first',
          })
        if (!isTensor(result)) kept.keep(result.aux)
        return objective
      },
      [...leaves],
      undefined,
      true,
    )
    const gradients = leaves.map((leaf, i) => grads[i] ?? zerosLike(leaf))
    return { value, grad: rebuild(gradients) as T, aux: kept.release() as Aux }
  }
}

/**
 * The gradient of a scalar function; see {@link valueAndGrad}.
 *
 * @throws {@link ShapeError} when the value is no scalar
 */
export function grad<T extends object>(fn: (x: T) => Tensor): (x: T) => T {
  const both = valueAndGrad<T>(fn)
  return (x) => both(x).grad
}

/**
 * The gradient of the *sum* of a function's values: for a function of independent rows, `[batch, ...] → [batch]`, the gradient of
 * each row at its own value.
 */
export function gradOfRows(fn: (y: Tensor) => Tensor): (y: Tensor) => Tensor {
  return grad((y: Tensor) => sum(fn(y)))
}

/** Says what a tree may hold, for {@link flatten}. */
export function notATensor(name: string): (path: string, value: unknown) => never {
  return (path, value) => {
    throw new DTypeError({
      function: name,
      argument: path || 'the argument',
      got: value === null ? 'null' : typeof value,
      expected: 'a tensor, or an array or plain object of tensors',
    })
  }
}

/** Carries tensors out of tfjs's own scope around a differentiated function. */
function keeper(): { keep(tree: unknown): void; release(): unknown } {
  let release = (): unknown => undefined
  return {
    keep(tree) {
      if (tree === undefined) return
      const { leaves, rebuild } = flatten(tree, isTensor, notATensor('valueAndGrad'))
      const clones = leaves.map((leaf) => engine().keep(leaf.clone()))
      release = () =>
        rebuild(
          clones.map((clone) => {
            // A clone made here belongs to the surrounding scope; the kept one has done its work.
            const owned = clone.clone()
            clone.dispose()
            return owned
          }),
        )
    },
    release: () => release(),
  }
}
