import { add, type Host, matMul, type Random, reshape, type Tensor } from '@deepstruct/tensor'
import { type Activation, activationFunction } from './activation.ts'
import { checkFeatures, checkParameter, checkSize } from './arguments.ts'
import { glorotUniform, type Initializer, zeroInitializer } from './initializer.ts'
import type { Network } from './network.ts'

/** The parameters of a {@link dense} layer. */
export interface DenseParams {
  /** The weights, `[inputs, outputs]`. */
  readonly kernel: Tensor
  /** The intercepts, `[outputs]`; absent in a layer without. */
  readonly bias?: Tensor
}

/** How the first values of a layer, {@link dense} or a convolution, are drawn. */
export interface DenseInitialization {
  /** For the kernel; default {@link glorotUniform}. */
  readonly initializer?: Initializer
  /** For the bias, or `false` for a layer without; default {@link zeroInitializer}. */
  readonly bias?: Initializer | false
}

/** What a {@link dense} layer is. */
export interface DenseConfiguration extends DenseInitialization {
  /** The number of features that it reads. */
  readonly inputs: number
  /** The number of units. */
  readonly outputs: number
  /** What follows the affine map; default `linear`. */
  readonly activation?: Activation
}

/** One affine map with its activation; it has no randomness. */
export interface Dense extends Network<DenseParams> {
  /** $f(xW + b)$, `[batch, …, outputs]`. */
  apply(params: DenseParams, x: Tensor): Tensor
  /** Never there: a dense layer draws nothing. */
  noise?: never
}

/**
 * A fully connected layer.
 *
 * $$ f(x W + b) $$
 *
 * `x` is `[batch, …, inputs]`, the result `[batch, …, outputs]`; axes between are further positions, each mapped alike.
 *
 * @throws {@link @deepstruct/tensor!DomainError} when a size is no positive integer or the activation has no such name; `apply` throws
 * {@link @deepstruct/tensor!ShapeError} when `x` or the parameters do not have the layer's extents and
 * {@link @deepstruct/tensor!DTypeError} when `x` is not float32
 *
 * @example
 * ```ts
 * import { dense } from '@deepstruct/networks'
 * import { array, jit } from '@deepstruct/tensor'
 *
 * const layer = dense({ inputs: 2, outputs: 1, activation: 'relu' })
 * const params = { kernel: array([[1], [-1]]), bias: array([0.5]) }
 * await jit(layer.apply)(params, array([[3, 1], [1, 3]])) // [[2.5], [0]]
 * ```
 */
export function dense(configuration: DenseConfiguration): Dense {
  const {
    inputs,
    outputs,
    activation = 'linear',
    initializer = glorotUniform,
    bias = zeroInitializer,
  } = configuration
  checkSize('dense', 'inputs', inputs)
  checkSize('dense', 'outputs', outputs)
  const activate = activationFunction(activation)
  const fan = { in: inputs, out: outputs }
  return {
    inputs,
    outputs,
    init: (random: Random): Host<DenseParams> => ({
      kernel: initializer(random, [inputs, outputs], fan),
      ...(bias !== false && { bias: bias(random, [outputs], fan) }),
    }),
    apply: (params, x) => {
      checkFeatures('dense', x, inputs)
      checkParameter('dense', 'params.kernel', params.kernel, [inputs, outputs])
      checkParameter('dense', 'params.bias', params.bias, bias === false ? undefined : [outputs])
      // The gradient of a product with a shared matrix is only right for two axes, so all positions become rows.
      const rows = x.rank === 2 ? x : reshape(x, [-1, inputs])
      const product = matMul(rows, params.kernel)
      const affine = params.bias === undefined ? product : add(product, params.bias)
      return activate(x.rank === 2 ? affine : reshape(affine, [...x.shape.slice(0, -1), outputs]))
    },
  }
}
