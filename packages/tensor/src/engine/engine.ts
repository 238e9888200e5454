import type { NDArray } from '../ndarray.ts'
import type { Tensor } from '../ops/tensor.ts'
import type { Mapped } from '../tree.ts'
import type { Device } from './device.ts'

/** The tree `T` of tensors as plain arrays: what comes out of a jitted function. */
export type Host<T> = Mapped<T, Tensor, NDArray>

/** What goes into a jitted function for a tree `T` of tensors: plain arrays, numbers for scalars, or a device handle anywhere. */
export type Input<T> =
  | Device<T>
  | (T extends Tensor
      ? NDArray | number
      : T extends object
        ? { readonly [K in keyof T]: Input<T[K]> }
        : T)

/** A function in the form that engines run. */
export interface Program {
  /** The name for messages and reports. */
  readonly name: string
  /** Pure and synchronous: trees of tensors in, a tree of tensors out. */
  readonly fn: (...args: never[]) => unknown
  /** The keys of the result that stay with the engine as {@link Device} handles. */
  readonly keep: readonly string[]
  /** The positions of arguments whose device memory is given up to this call. */
  readonly donate: readonly number[]
  /** The positions of arguments whose rows may be split among workers. */
  readonly split: readonly number[]
}

/**
 * What executes jitted functions. Engines agree in their results: one step within 1e-5.
 *
 * An engine holds no state of the caller's beyond the handles it gave out.
 */
export interface Engine {
  /** For reports: `eager:wasm`, `onnx:2 workers`. */
  readonly name: string
  /** Runs a program once. Arguments are trees of plain arrays, numbers and device handles. */
  run(program: Program, args: readonly unknown[]): Promise<unknown>
  /** Uploads a tree of plain arrays. */
  put<T>(tree: Host<T>): Promise<Device<T>>
  /** Downloads what a handle holds. */
  read<T>(handle: Device<T>): Promise<Host<T>>
  /** Frees what a handle holds. */
  dispose(handle: Device<unknown>): void
  /** What the engine holds now; it does not grow over a long run. */
  memory(): EngineMemory
}

/** What an engine holds. */
export interface EngineMemory {
  /** The number of live arrays. */
  readonly arrays: number
  /** Their size in bytes. */
  readonly bytes: number
}
