import {
  DTypeError,
  filled,
  flatten,
  isNDArray,
  type NDArray,
  ndarray,
  sizeOf,
} from '@deepstruct/tensor'

/** The same tree with `count` rows of each array from `begin`; numbers and scalars are left as they are. */
export function takeRows<T>(tree: T, begin: number, count: number): T {
  const { leaves, rebuild } = flatten(tree, isArrayOrNumber, refuse)
  const taken = leaves.map((leaf) => {
    if (typeof leaf === 'number' || leaf.shape.length === 0) return leaf
    const [, ...row] = leaf.shape
    const width = sizeOf(row)
    const data = leaf.data.subarray(begin * width, (begin + count) * width)
    return ndarray(data, [count, ...row], leaf.dtype)
  })
  return rebuild(taken) as T
}

/**
 * Trees of one structure, their arrays put one below the other: the batches of a data set as a whole.
 *
 * @param trees - at least one; arrays and plain objects around plain arrays
 * @returns a tree of that structure, with the rows of all
 */
export function joinRows<T>(trees: readonly [T, ...T[]]): T {
  const [first, ...others] = trees.map((tree) => flatten(tree, isNDArray, refuse))
  const joined = first!.leaves.map((leaf, i) => join([leaf, ...others.map((o) => o.leaves[i]!)]))
  return first!.rebuild(joined) as T
}

function join(blocks: readonly [NDArray, ...NDArray[]]): NDArray {
  const [{ dtype, shape }] = blocks
  const rows = blocks.reduce((count, block) => count + (block.shape[0] ?? 0), 0)
  const whole = filled([rows, ...shape.slice(1)], 0, dtype)
  let offset = 0
  for (const { data } of blocks) {
    whole.data.set(data, offset)
    offset += data.length
  }
  return whole
}

function isArrayOrNumber(value: unknown): value is NDArray | number {
  return typeof value === 'number' || isNDArray(value)
}

function refuse(path: string): never {
  throw new DTypeError({
    function: 'predict',
    argument: path || 'x',
    got: 'something else',
    expected: 'an array or a number',
  })
}
