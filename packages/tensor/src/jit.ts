import { currentEngine } from './engine/current.ts'
import type { Device } from './engine/device.ts'
import { takeDonation } from './engine/donation.ts'
import type { Engine, Host, Input, Program } from './engine/engine.ts'
import type { Tensor } from './ops/tensor.ts'

/** How a function is jitted. */
export interface JitOptions<Kept extends string> {
  /** The engine to run on; default the one chosen by `useEngine`. */
  readonly engine?: Engine
  /** Keys of the result that stay with the engine as device handles. */
  readonly keep?: readonly Kept[]
  /**
   * Positions of arguments that give their device memory to the call. The handles passed there cannot be used from the moment of the call on, also
   * while it is under way. When the call fails they hold what they held before, and can be used again.
   */
  readonly donate?: readonly number[]
  /**
   * Positions of arguments whose arrays have the rows of a batch on their first axis, which an engine may split among workers. The function must
   * treat rows independently of each other: its results are rows in the same order, or computed from `sumOverShares`. Arrays without axes
   * are not split.
   */
  readonly split?: readonly number[]
  /** The name for messages and reports; default the function's own. */
  readonly name?: string
}

/** What a jitted function resolves to: plain arrays, and handles for the keys that are kept. */
export type Output<R, Kept extends string> = R extends Tensor
  ? Host<R>
  : { [K in keyof R]: K extends Kept ? Device<R[K]> : Host<R[K]> }

/**
 * Makes a function of tensors callable with plain arrays.
 *
 * The function must be pure and synchronous. It sees tensors only: it cannot read a value, and draws no random numbers (they are
 * inputs). Arguments and result are trees: arrays and plain objects around tensors, to any depth. A number given for a tensor is a
 * float32 scalar.
 *
 * @param fn - the function; an engine may run it once per set of shapes and replay what it did
 * @throws {@link DTypeError} when an argument is no tree of arrays
 * @throws {@link EngineError} when a handle was donated (to an earlier call that has not failed), disposed, or belongs to another engine
 *
 * @example
 * ```ts
 * import { array, jit, matMul, type Tensor } from '@deepstruct/tensor'
 *
 * const product = jit((a: Tensor, b: Tensor) => matMul(a, b))
 * await product(array([[1, 2]]), array([[3], [4]])) // { shape: [1, 1], data: [11] }
 * ```
 */
export function jit<A extends readonly unknown[], R, Kept extends string = never>(
  fn: (...args: A) => R,
  options: JitOptions<Kept> = {},
): (...args: { [I in keyof A]: Input<A[I]> }) => Promise<Output<R, Kept>> {
  const { engine, keep = [], donate = [], split = [], name = fn.name || 'jit' } = options
  const program: Program = { name, fn, keep, donate, split }
  return async (...given) => {
    const { args, giveBack } = takeDonation(program, given)
    try {
      return (await (engine ?? (await currentEngine())).run(program, args)) as Output<R, Kept>
    } catch (error) {
      giveBack()
      throw error
    }
  }
}

/** Runs a computation without arguments once, and gives its results as plain arrays. */
export async function scope<R>(fn: () => R): Promise<Host<R>> {
  return (await (
    await currentEngine()
  ).run({ name: fn.name || 'scope', fn, keep: [], donate: [], split: [] }, [])) as Host<R>
}

/** Uploads a tree of plain arrays to the engine in use, to pass it to several calls without copying. */
export async function put<T>(tree: Host<T>): Promise<Device<T>> {
  return (await currentEngine()).put<T>(tree)
}
