/**
 * Feature networks as pure functions of their parameters.
 * @packageDocumentation
 */
export { type Activation, activationFunction, type ActivationName } from './activation.ts'
export { type Bilstm, bilstm, type BilstmParams } from './bilstm.ts'
export { conv2d } from './conv2d.ts'
export { convTranspose2d } from './conv-transpose2d.ts'
export {
  type Convolution,
  type ConvolutionConfiguration,
  type ConvolutionParams,
} from './convolution-layer.ts'
export {
  type ConvolutionalLayer,
  type ConvolutionalLayers,
  convolutionalLayers,
  type ConvolutionalLayersConfiguration,
} from './convolutional-layers.ts'
export {
  dense,
  type Dense,
  type DenseConfiguration,
  type DenseInitialization,
  type DenseParams,
} from './dense.ts'
export { dropout, dropoutChannels, dropoutNoise } from './dropout.ts'
export {
  type Embedding,
  embedding,
  type EmbeddingConfiguration,
  type EmbeddingParams,
} from './embedding.ts'
export {
  type Fcn,
  fcn,
  type FcnConfiguration,
  type FcnMasks,
  type FcnParams,
  type FcnUpsamplingParams,
} from './fcn.ts'
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
export { type Lstm, lstm, type LstmConfiguration, type LstmMasks, type LstmParams } from './lstm.ts'
export { mlp, type Mlp, type MlpConfiguration, type MlpParams } from './mlp.ts'
export type { Network } from './network.ts'
export { type CropOptions, randomCrops } from './random-crops.ts'
export type { Sequence } from './sequence.ts'
export {
  type ChannelStatistics,
  channelStatistics,
  standardizeChannels,
} from './standardize-channels.ts'
export {
  type TokenFeatures,
  tokenFeatures,
  type TokenFeaturesConfiguration,
  type TokenFeaturesMasks,
  type TokenFeaturesParams,
  tokenMask,
} from './token-features.ts'
export {
  type OutputConfiguration,
  type WithOutput,
  withOutput,
  type WithOutputParams,
} from './with-output.ts'
