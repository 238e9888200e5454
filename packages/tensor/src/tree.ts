/** Leaves held in arrays and plain objects, nested to any depth: how parameters, batches and states are written. */
export type Tree<Leaf> = Leaf | readonly Tree<Leaf>[] | { readonly [key: string]: Tree<Leaf> }

/** The tree type `T` with each leaf of type `From` replaced by `To`. */
export type Mapped<T, From, To> = T extends From
  ? To
  : T extends object
    ? { [K in keyof T]: Mapped<T[K], From, To> }
    : T

/** A tree taken apart: its leaves in a fixed order, and the way back. */
export interface Flattened<Leaf> {
  /** The leaves: arrays by position, objects by their sorted keys, so that two trees of one structure agree. */
  readonly leaves: readonly Leaf[]
  /** Where each leaf sits, for messages: `state.mlp[0].kernel`. */
  readonly paths: readonly string[]
  /** The same structure around other leaves. */
  rebuild<Other>(leaves: readonly Other[]): Tree<Other>
}

/**
 * Takes a tree apart.
 *
 * @param tree - arrays and plain objects around leaves
 * @param isLeaf - what counts as a leaf
 * @param refuse - called with the path and value of anything that is neither a leaf, an array nor a plain object
 */
export function flatten<Leaf>(
  tree: unknown,
  isLeaf: (value: unknown) => value is Leaf,
  refuse: (path: string, value: unknown) => never,
): Flattened<Leaf> {
  const leaves: Leaf[] = []
  const paths: string[] = []
  type Rebuild = (take: () => unknown) => unknown
  const visit = (node: unknown, path: string): Rebuild => {
    if (isLeaf(node)) {
      leaves.push(node)
      paths.push(path)
      return (take) => take()
    }
    if (Array.isArray(node)) {
      const parts = node.map((part, i) => visit(part, `${path}[${i}]`))
      return (take) => parts.map((part) => part(take))
    }
    if (isPlainObject(node)) {
      // An optional part that is not there is left out.
      const parts = Object.entries(node)
        .filter(([, part]) => part !== undefined)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, part]) => [key, visit(part, path === '' ? key : `${path}.${key}`)] as const)
      return (take) => Object.fromEntries(parts.map(([key, part]) => [key, part(take)]))
    }
    return refuse(path, node)
  }
  const build = visit(tree, '')
  return {
    leaves,
    paths,
    rebuild<Other>(others: readonly Other[]) {
      let next = 0
      return build(() => others[next++]) as Tree<Other>
    },
  }
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
