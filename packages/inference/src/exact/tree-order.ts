import { DomainError } from '@deepstruct/tensor'

/** A variable of a forest with the way to its parent. */
export interface TreeNode {
  /** The variable. */
  readonly variable: number
  /** Its parent; −1 at a root. */
  readonly parent: number
  /** The edge to the parent; −1 at a root. */
  readonly edge: number
  /** Whether the parent is the edge's first variable, whose states are the rows of its table. */
  readonly parentFirst: boolean
}

/**
 * The variables of a forest, every parent before its children.
 *
 * @param edges - pairs of variables, `[edges, 2]`
 * @throws {@link @deepstruct/tensor!DomainError} when the graph has a cycle
 */
export function treeOrder(
  name: string,
  edges: ArrayLike<number>,
  variables: number,
): readonly TreeNode[] {
  const neighbors: [variable: number, edge: number, first: boolean][][] = Array.from(
    { length: variables },
    () => [],
  )
  for (let edge = 0; edge < edges.length / 2; edge++) {
    const [i, j] = [edges[2 * edge]!, edges[2 * edge + 1]!]
    neighbors[i]!.push([j, edge, true])
    neighbors[j]!.push([i, edge, false])
  }
  const seen = new Uint8Array(variables)
  const order: TreeNode[] = []
  for (let root = 0; root < variables; root++) {
    if (seen[root] === 1) continue
    seen[root] = 1
    order.push({ variable: root, parent: -1, edge: -1, parentFirst: true })
    for (let next = order.length - 1; next < order.length; next++) {
      const { variable: parent, edge: from } = order[next]!
      for (const [variable, edge, parentFirst] of neighbors[parent]!) {
        if (edge === from) continue
        if (seen[variable] === 1)
          throw new DomainError({
            function: name,
            argument: 'potentials.edges',
            got: `a graph with a cycle through the variables ${parent} and ${variable}`,
            expected: 'a tree, or several',
            why: 'for small graphs of any form there is enumeration, for larger ones an integer program',
          })
        seen[variable] = 1
        order.push({ variable, parent, edge, parentFirst })
      }
    }
  }
  return order
}
