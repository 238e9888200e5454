/**
 * Feature networks as pure functions of their parameters.
 * @packageDocumentation
 */
export { type Activation, activationFunction, type ActivationName } from './activation.ts'
export {
  dense,
  type Dense,
  type DenseConfiguration,
  type DenseInitialization,
  type DenseParams,
} from './dense.ts'
export { dropout, dropoutNoise } from './dropout.ts'
export {
  type DropoutMasks,
  type DropoutRates,
  type HiddenLayers,
  hiddenLayers,
  type HiddenLayersConfiguration,
} from './hidden-layers.ts'
export {
  type Fan,
  glorotUniform,
  heNormal,
  heUniform,
  type Initializer,
  normalInitializer,
  torchUniform,
  zeroInitializer,
} from './initializer.ts'
export { mlp, type Mlp, type MlpConfiguration, type MlpParams } from './mlp.ts'
export type { Network } from './network.ts'
export {
  type OutputConfiguration,
  type WithOutput,
  withOutput,
  type WithOutputParams,
} from './with-output.ts'
