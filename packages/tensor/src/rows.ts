import { DTypeError, ShapeError } from './errors.ts'
import { emptyStorage, isNDArray, type NDArray, sizeOf } from './ndarray.ts'
import { flatten } from './tree.ts'

/**
 * The rows from `begin` up to `end` of each array of a tree: a block of a batch, or a worker's share of it. Numbers and arrays without axes have no
 * rows; they are left as they are.
 *
 * @param tree - arrays and plain objects around plain arrays `[rows, ...]` and numbers
 * @param begin - the first row
 * @param end - the row after the last one
 * @returns a tree of that structure; its arrays are views, so nothing is copied
 * @throws {@link DTypeError} when something else is in the tree
 * @throws {@link ShapeError} when an array has fewer than `end` rows
 *
 * @example
 * ```ts
 * import { array, takeRows } from '@deepstruct/tensor'
 *
 * takeRows({ x: array([[1], [2], [3]]), weight: 0.5 }, 1, 3) // { x: [[2], [3]], weight: 0.5 }
 * ```
 */
export function takeRows<T>(tree: T, begin: number, end: number): T {
  const { leaves, paths, rebuild } = flatten(tree, isArrayOrNumber, refuse('takeRows'))
  const taken = leaves.map((leaf, i) => {
    if (typeof leaf === 'number' || leaf.shape.length === 0) return leaf
    const { shape, dtype, data } = leaf
    const [rows, ...row] = shape as [number, ...number[]]
    if (begin < 0 || end < begin || end > rows)
      throw new ShapeError({
        function: 'takeRows',
        argument: paths[i] || 'the array',
        got: `of shape [${shape.join(', ')}]`,
        expected: `an array with the rows from ${begin} up to ${end}`,
      })
    const width = sizeOf(row)
    return {
      shape: [end - begin, ...row],
      dtype,
      data: data.subarray(begin * width, end * width),
    }
  })
  return rebuild(taken) as T
}

/**
 * Trees of one structure, their arrays put one below the other: blocks of a batch as a whole.
 *
 * @param trees - at least one; arrays and plain objects around plain arrays `[rows, ...]`
 * @returns a tree of that structure with the rows of all; a single tree itself
 * @throws {@link DTypeError} when something else is in a tree, or arrays differ in their type
 * @throws {@link ShapeError} when trees differ in their structure, or arrays in more than their number of rows
 *
 * @example
 * ```ts
 * import { array, joinRows } from '@deepstruct/tensor'
 *
 * joinRows([{ y: array([[1], [2]]) }, { y: array([[3]]) }]) // { y: [[1], [2], [3]] }
 * ```
 */
export function joinRows<T>(trees: readonly [T, ...T[]]): T {
  const [only, ...more] = trees
  if (more.length === 0) return only
  const [first, ...others] = trees.map((tree) => flatten(tree, isNDArray, refuse('joinRows')))
  const { leaves, paths, rebuild } = first!
  for (const other of others)
    if (other.paths.join() !== paths.join())
      throw new ShapeError({
        function: 'joinRows',
        argument: 'trees',
        got: `of arrays at ${named(other.paths)}`,
        expected: `arrays at ${named(paths)}, as in the first of them`,
      })
  const joined = leaves.map((leaf, i) =>
    joinArrays([leaf, ...others.map((other) => other.leaves[i]!)], paths[i] || 'the array'),
  )
  return rebuild(joined) as T
}

function joinArrays(blocks: readonly [NDArray, ...NDArray[]], path: string): NDArray {
  const [{ dtype, shape }] = blocks
  const row = shape.slice(1)
  for (const block of blocks) {
    if (block.dtype !== dtype)
      throw new DTypeError({
        function: 'joinRows',
        argument: path,
        got: block.dtype,
        expected: `${dtype}, as in the first of them`,
      })
    if (block.shape.length === 0 || block.shape.slice(1).join() !== row.join())
      throw new ShapeError({
        function: 'joinRows',
        argument: path,
        got: `of shape [${block.shape.join(', ')}]`,
        expected: `[${['rows', ...row].join(', ')}]`,
      })
  }
  const rows = blocks.reduce((count, block) => count + block.shape[0]!, 0)
  const data = emptyStorage(dtype, rows * sizeOf(row))
  let offset = 0
  for (const block of blocks) {
    data.set(block.data, offset)
    offset += block.data.length
  }
  return { shape: [rows, ...row], dtype, data }
}

function isArrayOrNumber(value: unknown): value is NDArray | number {
  return typeof value === 'number' || isNDArray(value)
}

function named(paths: readonly string[]): string {
  return paths.map((path) => path || 'the root').join(', ') || 'no place'
}

function refuse(caller: string): (path: string, value: unknown) => never {
  return (path, value) => {
    throw new DTypeError({
      function: caller,
      argument: path || 'the tree',
      got: value === null ? 'null' : typeof value,
      expected: 'a plain array (NDArray) or a tree of them',
    })
  }
}
