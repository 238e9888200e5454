import {
  DomainError,
  elu,
  leakyRelu,
  relu,
  selu,
  sigmoid,
  softmax,
  softplus,
  tanh,
  type Tensor,
} from '@deepstruct/tensor'

/** The activations that have a name, so that a configuration with them is plain data. `softmax` is over the last axis. */
export type ActivationName =
  | 'linear'
  | 'relu'
  | 'leakyRelu'
  | 'elu'
  | 'selu'
  | 'softplus'
  | 'sigmoid'
  | 'tanh'
  | 'softmax'

/**
 * What follows a layer's affine map: a name, or a function of the engine's tensors that keeps the shape. A function is to be built
 * from the operations of `@deepstruct/tensor`, whose second derivatives are right.
 */
export type Activation = ActivationName | ((x: Tensor) => Tensor)

const named: Readonly<Record<ActivationName, (x: Tensor) => Tensor>> = {
  linear: (x) => x,
  relu,
  leakyRelu: (x) => leakyRelu(x),
  elu,
  selu,
  softplus,
  sigmoid,
  tanh,
  softmax: (x) => softmax(x),
}

/**
 * The function behind an {@link Activation}.
 *
 * @throws {@link @deepstruct/tensor!DomainError} when no activation has this name
 */
export function activationFunction(activation: Activation): (x: Tensor) => Tensor {
  if (typeof activation === 'function') return activation
  if (!Object.hasOwn(named, activation))
    throw new DomainError({
      function: 'activationFunction',
      argument: 'activation',
      got: JSON.stringify(activation),
      expected: `one of ${Object.keys(named).join(', ')}, or a function`,
    })
  return named[activation]
}
