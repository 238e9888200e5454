/**
 * NDArray, tensor operations with gradients that are right twice, jit and engines.
 * @packageDocumentation
 */
export {
  DataError,
  DeepstructError,
  DivergenceError,
  DomainError,
  DTypeError,
  EngineError,
  type ErrorDetails,
  ModelFileError,
  ShapeError,
  UnsupportedOpError,
} from './errors.ts'
export {
  array,
  type DType,
  filled,
  isNDArray,
  type NDArray,
  ndarray,
  type NestedNumbers,
  sizeOf,
  type TypedArray,
} from './ndarray.ts'
export { drawNoise, type NoiseSpec } from './noise.ts'
export { random, type Random, randomFromState, type RandomState } from './random.ts'
export { joinRows, takeRows } from './rows.ts'
export { type Flattened, flatten, type Mapped, type Tree } from './tree.ts'
export { add, div, maximum, minimum, mul, squaredDifference, sub } from './ops/arithmetic.ts'
export {
  equal,
  greater,
  greaterEqual,
  isFinite,
  less,
  lessEqual,
  logicalAnd,
  logicalNot,
  logicalOr,
  notEqual,
  where,
} from './ops/comparison.ts'
export {
  averagePool2d,
  conv2d,
  convTranspose2d,
  type ConvolutionOptions,
  maxPool2d,
} from './ops/convolution.ts'
export {
  constant,
  fill,
  oneHot,
  ones,
  onesLike,
  range,
  scalar,
  zeros,
  zerosLike,
} from './ops/creation.ts'
export {
  abs,
  clip,
  cos,
  elu,
  exp,
  floor,
  leakyRelu,
  log,
  log1p,
  neg,
  power,
  reciprocal,
  relu,
  selu,
  sign,
  sin,
  sqrt,
  square,
  step,
} from './ops/elementwise.ts'
export { cumSum, gather, segmentSum, topK, type TopK } from './ops/indexing.ts'
export { dot, matMul, type MatMulOptions } from './ops/linear-algebra.ts'
export { logSigmoid, sigmoid, sigmoidCrossEntropy, softplus, tanh } from './ops/logistic.ts'
export type { Axes } from './ops/reduced-shape.ts'
export { all, any, argMax, argMin, logSumExp, max, mean, min, sum } from './ops/reduction.ts'
export {
  broadcastTo,
  cast,
  concat,
  expandDims,
  pad,
  reshape,
  reverse,
  slice,
  split,
  squeeze,
  stack,
  tile,
  transpose,
  unstack,
} from './ops/shape.ts'
export { logSoftmax, softmax } from './ops/softmax.ts'
export { offTape, stopGradient } from './ops/tape.ts'
export { isTensor, type Tensor, type TensorLike } from './ops/tensor.ts'
export type { Backend, WasmPaths } from './engine/backends.ts'
export { check, type Check, type Checked, collectChecks } from './engine/check.ts'
export { currentEngine, useEngine } from './engine/current.ts'
export { Device, dispose, read } from './engine/device.ts'
export { eagerEngine, type EagerOptions } from './engine/eager.ts'
export type { Engine, EngineMemory, Host, Input, Program } from './engine/engine.ts'
export { grad, gradOfRows, valueAndGrad, type ValueAndGrad } from './gradient.ts'
export { jit, type JitOptions, type Output, put, scope } from './jit.ts'
export { loop } from './loop.ts'
export { scan, type ScanArguments, type Scanned, type ScanStep } from './scan/scan.ts'
export { sumOverShares } from './shares.ts'
