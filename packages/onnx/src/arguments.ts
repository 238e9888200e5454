import { Device, flatten, type NDArray, type Program, type Tensor } from '@deepstruct/tensor'
import { isInputLeaf, refuseInput } from '@deepstruct/tensor/engine'
import { type Held, single } from './held.ts'
import type { SparseProduct } from './sparse/sparse-products.ts'
import type { SparseMatrix } from './sparse/sparse-matrix.ts'

/** The arguments of a call, taken apart. */
export interface Arguments {
  /** The arrays, those behind handles included. */
  readonly arrays: readonly NDArray[]
  /** For each array, the position of the argument that it belongs to. */
  readonly positions: readonly number[]
  /** For each array, whether it is held by the engine. */
  readonly held: readonly boolean[]
  /** What distinguishes calls beside extents: the structure, and the types and ranks of the arrays. */
  readonly structure: string
  /** Products that were computed beforehand: the last of the arrays. */
  readonly products?: readonly ComputedProduct[]
  /** The arguments around tensors. */
  rebuild(tensors: readonly Tensor[]): readonly unknown[]
}

/** A product that was computed before the graph. */
export interface ComputedProduct extends SparseProduct {
  /** Its first factor. */
  readonly matrix: SparseMatrix
}

/** Takes the arguments of a call apart. */
export function argumentsOf(
  { name }: Program,
  args: readonly unknown[],
  held: (handle: Device<unknown>) => Held,
): Arguments {
  const outer = flatten(args, isInputLeaf, refuseInput(name))
  const parts: Held[] = []
  const arrays: NDArray[] = []
  const positions: number[] = []
  const ofEngine: boolean[] = []
  let structure = ''
  for (const [i, leaf] of outer.leaves.entries()) {
    const path = outer.paths[i]!
    const part = leaf instanceof Device ? held(leaf) : single(arrayOf(leaf))
    parts.push(part)
    structure += `${path}/${part.structure};`
    // The path begins with the position, as in `[2].x`.
    const position = Number.parseInt(path.slice(1), 10)
    for (const array of part.arrays) {
      arrays.push(array)
      positions.push(position)
      ofEngine.push(leaf instanceof Device)
    }
  }
  return {
    arrays,
    positions,
    held: ofEngine,
    structure,
    rebuild(tensors) {
      let next = 0
      return outer.rebuild(
        parts.map((part) => part.rebuild(tensors.slice(next, (next += part.arrays.length)))),
      ) as readonly unknown[]
    },
  }
}

function arrayOf(leaf: NDArray | number): NDArray {
  return typeof leaf === 'number'
    ? { shape: [], dtype: 'float32', data: Float32Array.of(leaf) }
    : leaf
}
