import {
  cast,
  div,
  greater,
  maximum,
  mul,
  reshape,
  ShapeError,
  sizeOf,
  sum,
  type Tensor,
} from '@deepstruct/tensor'

/** What becomes of the losses of a batch. */
export type Reduction = 'mean' | 'sum' | 'none'

/** What every loss can be told. */
export interface LossOptions {
  /** The mean over the rows of the batch (the default), their sum, or one loss for each row. */
  readonly reduction?: Reduction
  /**
   * 1 where something counts and 0 where it does not: `[batch]` for whole rows, or the shape of the elements that the loss sums over. The
   * mean is over the rows of which anything counts, and 0 when there are none. Values that do not count must still be valid ones.
   */
  readonly where?: Tensor
}

/** Sums elementwise losses over each row, elements that do not count left out, and reduces the rows. */
export function reduceElements(name: string, elements: Tensor, options: LossOptions): Tensor {
  const { where: mask } = options
  if (mask === undefined || mask.rank === 1) return reduceRows(name, rowSums(elements), options)
  requireSame(name, 'where', mask, elements.shape, 'the elements')
  const rows = rowSums(mul(elements, mask))
  return reduceRows(name, rows, { ...options, where: countedRows(mask) })
}

/** Reduces the losses of rows, `[batch]`. */
export function reduceRows(name: string, rows: Tensor, options: LossOptions): Tensor {
  const { reduction = 'mean', where: mask } = options
  if (mask !== undefined) requireSame(name, 'where', mask, rows.shape, 'the rows')
  const counted = mask === undefined ? rows : mul(rows, mask)
  if (reduction === 'none') return counted
  if (reduction === 'sum') return sum(counted)
  return mask === undefined
    ? div(sum(counted), Math.max(1, rows.size))
    : div(sum(counted), maximum(sum(mask), 1))
}

/** The mask of the rows of which an element counts, `[batch]`. */
export function countedRows(elements: Tensor): Tensor {
  return cast(greater(rowSums(elements), 0), 'float32')
}

/** The sum over all axes but the first, `[batch]`. */
export function rowSums(x: Tensor): Tensor {
  if (x.rank === 1) return x
  const [batch = 1, ...structure] = x.shape
  return sum(reshape(x, [batch, sizeOf(structure)]), 1)
}

/**
 * Demands equal shapes, of a batch at least: losses never broadcast.
 *
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ, or are those of scalars
 */
export function requireSame(
  name: string,
  argument: string,
  x: Tensor,
  shape: readonly number[],
  other: string,
): void {
  const same = x.rank === shape.length && x.shape.every((extent, axis) => extent === shape[axis])
  if (same && x.rank > 0) return
  throw new ShapeError({
    function: name,
    argument,
    got: `of shape [${x.shape.join(', ')}]`,
    expected: same ? 'a batch axis' : `[${shape.join(', ')}] to match ${other}`,
  })
}

/**
 * Demands a number of axes.
 *
 * @throws {@link @deepstruct/tensor!ShapeError} when there are more or fewer
 */
export function requireRank(
  name: string,
  argument: string,
  x: Tensor,
  axes: readonly string[],
): void {
  if (x.rank !== axes.length)
    throw new ShapeError({
      function: name,
      argument,
      got: `of shape [${x.shape.join(', ')}]`,
      expected: `[${axes.join(', ')}]`,
    })
}
