import { DTypeError } from '../errors.ts'
import { isNDArray, type NDArray } from '../ndarray.ts'
import { isTensor } from '../ops/tensor.ts'
import { Device } from './device.ts'

/** What the trees of arguments hold. */
export type InputLeaf = NDArray | number | Device<unknown>

/** Whether a value is a leaf of an argument; for engines. */
export function isInputLeaf(value: unknown): value is InputLeaf {
  return typeof value === 'number' || value instanceof Device || isNDArray(value)
}

/** Says what an argument may hold, for `flatten`. */
export function refuseInput(caller: string): (path: string, value: unknown) => never {
  return (path, value) => {
    throw new DTypeError({
      function: caller,
      argument: path || 'the argument',
      got: value === null ? 'null' : isTensor(value) ? 'a tensor' : typeof value,
      expected: 'a plain array (NDArray), a number or a device handle, or a tree of them',
    })
  }
}
