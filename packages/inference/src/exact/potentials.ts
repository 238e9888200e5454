import {
  DomainError,
  DTypeError,
  type NDArray,
  ShapeError,
  sizeOf,
  type Tensor,
} from '@deepstruct/tensor'

/**
 * An energy of discrete variables that is a sum over single variables and over pairs of them, for each example of a batch:
 *
 * $$
 * E(y) = \sum_i u_{i, y_i} + \sum_{(i, j)} p_{ij, y_i, y_j}
 * $$
 *
 * Lower is better. Every variable has the same number of states; $+\infty$ forbids one. A chain of tags has an edge between neighbors; a set of labels has
 * two states for each label.
 *
 * A masked variable takes no state, and an edge counts where both of its variables do, so that an example means the same as without its masked
 * variables.
 *
 * A type and no interface, so that it counts as a tree: a jitted function may give it.
 */
export type Potentials<A = Tensor> = {
  /** The energy of each state of each variable, $u$, `[batch, variables, states]`. */
  readonly unary: A
  /** The variables of each edge, $(i, j)$, int32 `[edges, 2]`; the same for all examples. */
  readonly edges: A
  /**
   * The energy of each pair of states, $p$, the state of the edge's first variable first: `[edges, states, states]`, or
   * `[batch, edges, states, states]` where examples differ. One table for all edges is `edges` = 1.
   */
  readonly pairwise: A
  /** 1 where a variable counts, else 0, `[batch, variables]`; left out when all count. */
  readonly mask?: A
}

/** How large potentials are. */
export interface PotentialsSize {
  /** The examples. */
  readonly batch: number
  /** The variables of each. */
  readonly variables: number
  /** The states of each variable. */
  readonly states: number
  /** The edges. */
  readonly edges: number
}

/**
 * Checks that the parts of {@link Potentials} belong together.
 *
 * @param name - the caller, for messages
 * @returns their size
 * @throws {@link @deepstruct/tensor!ShapeError} when a part does not fit the others
 * @throws {@link @deepstruct/tensor!DTypeError} when a part has another dtype
 * @throws {@link @deepstruct/tensor!DomainError} when an edge names a variable that is not there, or joins one with itself
 */
export function checkPotentials(name: string, potentials: Potentials<NDArray>): PotentialsSize {
  const { unary, edges, pairwise, mask } = potentials
  const demand = (argument: string, { shape }: NDArray, fits: boolean, expected: string): void => {
    if (!fits)
      throw new ShapeError({
        function: name,
        argument: `potentials.${argument}`,
        got: `of shape [${shape.join(', ')}]`,
        expected,
      })
  }
  demand('unary', unary, unary.shape.length === 3, '[batch, variables, states]')
  const [batch, variables, states] = unary.shape as [number, number, number]
  demand('edges', edges, edges.shape.length === 2 && edges.shape[1] === 2, '[edges, 2]')
  const count = edges.shape[0]!
  const tables = pairwise.shape.slice(-3)
  demand(
    'pairwise',
    pairwise,
    tables.length === 3 &&
      (tables[0] === count || tables[0] === 1) &&
      tables[1] === states &&
      tables[2] === states &&
      (pairwise.shape.length === 3 || (pairwise.shape.length === 4 && pairwise.shape[0] === batch)),
    `[${count}, ${states}, ${states}] or [${batch}, ${count}, ${states}, ${states}] (one table for all edges: 1 in place of ${count})`,
  )
  if (mask !== undefined)
    demand(
      'mask',
      mask,
      mask.shape.length === 2 && mask.shape[0] === batch && mask.shape[1] === variables,
      `[${batch}, ${variables}]`,
    )
  for (const [argument, part, dtype] of [
    ['unary', unary, 'float32'],
    ['edges', edges, 'int32'],
    ['pairwise', pairwise, 'float32'],
  ] as const)
    if (part.dtype !== dtype)
      throw new DTypeError({
        function: name,
        argument: `potentials.${argument}`,
        got: part.dtype,
        expected: dtype,
      })
  for (let edge = 0; edge < count; edge++) {
    const [i, j] = [edges.data[2 * edge]!, edges.data[2 * edge + 1]!]
    if (i < 0 || j < 0 || i >= variables || j >= variables || i === j)
      throw new DomainError({
        function: name,
        argument: `potentials.edges[${edge}]`,
        got: `[${i}, ${j}]`,
        expected: `two different variables in 0 … ${variables - 1}`,
      })
  }
  return { batch, variables, states, edges: count }
}

/**
 * Where the tables of {@link Potentials} lie in `pairwise.data`, for solvers that walk over them.
 *
 * @returns the offset of the table of an example's edge; its rows are the states of the edge's first variable
 */
export function tableOffsets(
  potentials: Potentials<NDArray>,
): (example: number, edge: number) => number {
  const { shape } = potentials.pairwise
  const [count, rows, columns] = shape.slice(-3) as [number, number, number]
  const size = sizeOf([rows, columns])
  const perExample = shape.length === 4 ? count * size : 0
  const perEdge = count === 1 ? 0 : size
  return (example, edge) => example * perExample + edge * perEdge
}
