import { Device, flatten, type NDArray, type Program, type Tensor } from '@deepstruct/tensor'
import { isInputLeaf, refuseInput } from '@deepstruct/tensor/engine'
import type { Held } from './held.ts'

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
  /** The arguments around tensors. */
  rebuild(tensors: readonly Tensor[]): readonly unknown[]
}

/** Takes the arguments of a call apart. */
export function argumentsOf(
  { name }: Program,
  args: readonly unknown[],
  held: (handle: Device<unknown>) => Held,
): Arguments {
  const outer = flatten(args, isInputLeaf, refuseInput(name))
  const parts = outer.leaves.map((leaf, i) => {
    // The path begins with the position, as in `[2].x`.
    const position = Number.parseInt(outer.paths[i]!.slice(1), 10)
    if (leaf instanceof Device) return { ...held(leaf), position, held: true }
    const array: NDArray =
      typeof leaf === 'number' ? { shape: [], dtype: 'float32', data: Float32Array.of(leaf) } : leaf
    return { ...single(array), position, held: false }
  })
  const structure = parts
    .map((part, i) =>
      part.arrays
        .map(({ dtype, shape }, j) => `${outer.paths[i]}/${part.paths[j]}:${dtype}${shape.length}`)
        .join(),
    )
    .join(';')
  return {
    arrays: parts.flatMap((part) => part.arrays),
    positions: parts.flatMap(({ arrays, position }) => arrays.map(() => position)),
    held: parts.flatMap((part) => part.arrays.map(() => part.held)),
    structure,
    rebuild(tensors) {
      let next = 0
      return outer.rebuild(
        parts.map((part) => part.rebuild(tensors.slice(next, (next += part.arrays.length)))),
      ) as readonly unknown[]
    },
  }
}

function single(array: NDArray): Held {
  return { arrays: [array], paths: [''], rebuild: ([tensor]) => tensor! }
}
