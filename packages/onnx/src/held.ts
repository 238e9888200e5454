import { DTypeError, type Flattened, type NDArray, type Tree } from '@deepstruct/tensor'

/** The arrays behind a handle, and where each sits in the tree. They never change: a step gives new ones. */
export interface Held {
  /** The leaves. */
  readonly arrays: readonly NDArray[]
  /** Where each leaf sits, with its type and rank. */
  readonly structure: string
  /** The tree around other leaves. */
  rebuild<Leaf>(leaves: readonly Leaf[]): Tree<Leaf>
}

/** A tree of arrays as it is held. */
export function hold({ leaves, paths, rebuild }: Flattened<NDArray>): Held {
  const structure = leaves.map((leaf, i) => structureOf(paths[i]!, leaf)).join()
  return { arrays: leaves, structure, rebuild }
}

/** One array as it is held. */
export function single(array: NDArray): Held {
  return { arrays: [array], structure: structureOf('', array), rebuild: ([leaf]) => leaf! }
}

function structureOf(path: string, { dtype, shape }: NDArray): string {
  return `${path}:${dtype}${shape.length}`
}

/** An array of its own. */
export function copy({ shape, dtype, data }: NDArray): NDArray {
  return { shape, dtype, data: data.slice() }
}

/** For where only shapes matter: arguments are plain arrays there. */
export function noHandles(): never {
  throw new DTypeError({
    function: 'explain',
    argument: 'args',
    got: 'a device handle',
    expected: 'plain arrays and numbers',
  })
}
