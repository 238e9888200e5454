import {
  add,
  all,
  cast,
  check,
  concat,
  DomainError,
  DTypeError,
  expandDims,
  gather,
  greaterEqual,
  type Host,
  less,
  logicalAnd,
  mul,
  notEqual,
  reshape,
  ShapeError,
  slice,
  type Tensor,
} from '@deepstruct/tensor'
import { checkParameter, checkParts, checkSize, shapeText } from './arguments.ts'
import { type Initializer, normalInitializer } from './initializer.ts'
import type { Network } from './network.ts'

/** What an {@link embedding} is. */
export interface EmbeddingConfiguration {
  /** How many ids each column has, the 0 of padding among them. */
  readonly columns: readonly number[]
  /** The width of the vectors: one for all columns, or one for each. */
  readonly width: number | readonly number[]
  /** Whether the vectors of the columns stand side by side, or are added, for which they need one width; default `concat`. */
  readonly combine?: 'concat' | 'sum'
  /** Draws the tables; default normal with deviation 0.1. */
  readonly initializer?: Initializer
}

/** The parameters of an {@link embedding}: one table for each column, `[ids, width]`. */
export type EmbeddingParams = readonly Tensor[]

/** Vectors for ids. */
export interface Embedding extends Network<EmbeddingParams> {
  /** `[batch, …, columns]` ids to `[batch, …, outputs]`. */
  apply(params: EmbeddingParams, ids: Tensor): Tensor
  /** Never there: an embedding draws nothing. */
  noise?: never
}

/**
 * Looks vectors up by id: words, suffixes, shapes. Id 0 is padding and gives zeros, whatever the table holds, so that nothing is learned there.
 *
 * $$ e(\text{ids}) = \left[ T^{(1)}_{\text{id}_1}, \dots, T^{(n)}_{\text{id}_n} \right] \quad \text{or} \quad \sum_c T^{(c)}_{\text{id}_c} $$
 *
 * The ids are int32 `[batch, …, columns]`, the result is `[batch, …, outputs]`. The gradient at a table adds up what arrives for each id.
 *
 * @throws {@link @deepstruct/tensor!DomainError} when a size is no positive integer, the widths cannot be combined, or `apply` is run on an id that lies
 * outside its table; `apply` throws {@link @deepstruct/tensor!ShapeError} when the ids or the tables do not belong to this network and
 * {@link @deepstruct/tensor!DTypeError} when the ids are not int32
 *
 * @example
 * ```ts
 * import { embedding } from '@deepstruct/networks'
 * import { array, jit, ndarray } from '@deepstruct/tensor'
 *
 * const words = embedding({ columns: [3], width: 2 })
 * const tables = [array([[9, 9], [1, 2], [3, 4]])]
 * await jit(words.apply)(tables, ndarray([2, 0], [1, 2, 1], 'int32')) // [[[3, 4], [0, 0]]]
 * ```
 */
export function embedding(configuration: EmbeddingConfiguration): Embedding {
  const { columns, width, combine = 'concat', initializer = normalInitializer(0.1) } = configuration
  checkSize('embedding', 'columns.length', columns.length)
  const widths = columns.map((_, i) => (typeof width === 'number' ? width : (width[i] ?? 0)))
  for (const [i, size] of columns.entries()) {
    checkSize('embedding', `columns[${i}]`, size)
    checkSize('embedding', `width[${i}]`, widths[i]!)
  }
  if (combine === 'sum' && widths.some((other) => other !== widths[0]))
    throw new DomainError({
      function: 'embedding',
      argument: 'width',
      got: widths.join(', '),
      expected: 'one width',
      why: 'vectors of different widths cannot be added',
    })
  return {
    inputs: columns.length,
    outputs: combine === 'sum' ? widths[0]! : widths.reduce((sum, each) => sum + each, 0),
    init: (random): Host<EmbeddingParams> =>
      columns.map((size, i) =>
        initializer(random, [size, widths[i]!], { in: size, out: widths[i]! }),
      ),
    apply(tables, ids) {
      checkIds(ids, columns.length)
      checkParts('embedding', 'params', tables.length, columns.length)
      const vectors = columns.map((size, i) => {
        const table = tables[i]!
        checkParameter('embedding', `params[${i}]`, table, [size, widths[i]!])
        const column = columns.length === 1 ? ids : slice(ids, start(ids, i), extents(ids))
        return lookUp(table, reshape(column, ids.shape.slice(0, -1)), i)
      })
      return combine === 'sum' ? vectors.reduce((sum, each) => add(sum, each)) : concat(vectors, -1)
    },
  }
}

function lookUp(table: Tensor, ids: Tensor, column: number): Tensor {
  const size = table.shape[0]
  const known = logicalAnd(greaterEqual(ids, 0), less(ids, size))
  check(all(known), () => outside(size, column))
  // Engines differ in what they do beyond the table.
  const within = mul(ids, cast(known, 'int32'))
  return mul(gather(table, within), expandDims(cast(notEqual(ids, 0), 'float32'), -1))
}

function outside(size: number, column: number): DomainError {
  return new DomainError({
    function: 'embedding',
    argument: 'ids',
    got: `an id outside of the table of column ${column}`,
    expected: `ids in 0 … ${size - 1}`,
    why: 'unknown words need an id of their own',
  })
}

function start(ids: Tensor, column: number): number[] {
  return [...ids.shape.slice(0, -1).map(() => 0), column]
}

function extents(ids: Tensor): number[] {
  return [...ids.shape.slice(0, -1).map(() => -1), 1]
}

function checkIds(ids: Tensor, columns: number): void {
  if (ids.rank < 2 || ids.shape.at(-1) !== columns)
    throw new ShapeError({
      function: 'embedding',
      argument: 'ids',
      got: `of shape ${shapeText(ids.shape)}`,
      expected: `[batch, …, ${columns}]`,
      why: `there are ${columns} columns of ids`,
    })
  if (ids.dtype !== 'int32')
    throw new DTypeError({
      function: 'embedding',
      argument: 'ids',
      got: ids.dtype,
      expected: 'int32',
    })
}
