import {
  concat,
  DTypeError,
  flatten,
  isTensor,
  type NDArray,
  type NoiseSpec,
  reshape,
  slice,
  type Tensor,
  type Tree,
} from '@deepstruct/tensor'

// A batch is cut into groups of a few rows, and each group holds every kind of sample. So any share of the groups, such as an engine gives to
// one of its workers, has the same mixture as the whole, and arrays keep one extent that all of them have in common: [groups, members, ...].

/** Rows `[groups · members, ...]` as `[groups, members, ...]`. */
export function groupedRows<A extends { readonly shape: readonly number[] }>(
  array: A,
  members: number,
): A {
  const [rows = 0, ...rest] = array.shape
  return { ...array, shape: [rows / members, members, ...rest] }
}

/** The same for descriptions of random numbers, whatever tree they are in. */
export function groupedNoise(specs: Tree<NoiseSpec>, members: number): Tree<NoiseSpec> {
  const { leaves, rebuild } = flatten(specs, isNoiseSpec, refuse)
  return rebuild(leaves.map((spec) => groupedRows(spec, members)))
}

/** All rows of a tree of groups: `[groups, members, ...]` to `[groups · members, ...]`. */
export function rowsOfGroups<T>(tree: T): T {
  return mapped(tree, (x) => reshape(x, [-1, ...x.shape.slice(2)]))
}

/** The rows of some members of each group. */
export interface Members {
  /** How many members a group has. */
  readonly of: number
  /** The first one that is meant. */
  readonly from: number
  /** How many are meant. */
  readonly count: number
}

/** These members' rows of a tree: `[groups · of, ...]` to `[groups · count, ...]`. */
export function membersOf<T>(tree: T, { of, from, count }: Members): T {
  if (count === of) return tree
  return mapped(tree, (x) => {
    const rest = x.shape.slice(1)
    const all = rest.map(() => -1)
    const inGroups = reshape(x, [-1, of, ...rest])
    const some = slice(inGroups, [0, from, ...rest.map(() => 0)], [-1, count, ...all])
    return reshape(some, [-1, ...rest])
  })
}

/** Rows of members put together again, in the order of the members: each `[groups · count, ...]`, the result `[groups · of, ...]`. */
export function joinedMembers(
  parts: readonly { readonly rows: Tensor; readonly count: number }[],
): Tensor {
  const [first] = parts
  if (first !== undefined && parts.length === 1) return first.rows
  const inGroups = parts.map(({ rows, count }) =>
    reshape(rows, [-1, count, ...rows.shape.slice(1)]),
  )
  return rowsOfGroups(concat(inGroups, 1))
}

/** The rows of a batch, each so many times; some once more where they do not fill the last group. */
export function filledGroups(rows: ArrayLike<number>, copies: number, members: number): Int32Array {
  const length = Math.ceil((rows.length * copies) / members) * members
  return Int32Array.from({ length }, (_, i) => rows[i % rows.length]!)
}

/** A batch of plain arrays in groups. */
export function groupedBatch<B extends Readonly<Record<string, NDArray>>>(
  batch: B,
  members: number,
): B {
  return Object.fromEntries(
    Object.entries(batch).map(([name, array]) => [name, groupedRows(array, members)]),
  ) as B
}

function mapped<T>(tree: T, fn: (x: Tensor) => Tensor): T {
  const { leaves, rebuild } = flatten(tree, isTensor, refuse)
  return rebuild(leaves.map(fn)) as T
}

function isNoiseSpec(value: unknown): value is NoiseSpec {
  return typeof value === 'object' && value !== null && 'kind' in value && 'shape' in value
}

function refuse(path: string, value: unknown): never {
  throw new DTypeError({
    function: 'valuePhase',
    argument: path || 'the tree',
    got: typeof value,
    expected: 'arrays in lists and plain objects',
  })
}
