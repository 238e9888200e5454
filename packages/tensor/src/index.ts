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
export { random, type Random, randomFromState, type RandomState } from './random.ts'
export { type Flattened, flatten, type Mapped, type Tree } from './tree.ts'
