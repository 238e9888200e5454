import {
  cast,
  div,
  maximum,
  notEqual,
  reshape,
  ShapeError,
  sizeOf,
  sum,
  type Tensor,
  where,
  zerosLike,
} from '@deepstruct/tensor'

/** What becomes of the losses of a batch. */
export type Reduction = 'mean' | 'sum' | 'none'

/** What every loss can be told. */
export interface LossOptions {
  /** The mean over the rows of the batch (the default), their sum, or one loss for each row. */
  readonly reduction?: Reduction
  /**
   * 0 where something does not count: `[batch]` for whole rows, or the shape of the elements that the loss sums over. What does not count
   * may hold anything, such as the label −1 of padding. The mean is over the rows of which anything counts, and 0 when there are none.
   */
  readonly where?: Tensor
}

/** An argument with 0, which every loss is defined on, where it does not count: invalid and infinite values are hidden before use. */
export function countedPart(name: string, x: Tensor, { where: mask }: LossOptions): Tensor {
  if (mask === undefined) return x
  if (mask.rank !== 1) {
    requireSame(name, 'where', mask, x.shape, x.rank === 1 ? 'the rows' : 'the elements')
    return where(counts(mask), x, zerosLike(x))
  }
  requireSame(name, 'where', mask, x.shape.slice(0, 1), 'the rows')
  const column = reshape(
    counts(mask),
    x.shape.map((extent, axis) => (axis === 0 ? extent : 1)),
  )
  return where(column, x, zerosLike(x))
}

/** Sums elementwise losses over each row, elements that do not count left out, and reduces the rows. */
export function reduceElements(name: string, elements: Tensor, options: LossOptions): Tensor {
  return reduceRows(name, rowSums(countedPart(name, elements, options)), rowOptions(options))
}

/** Reduces the losses of rows, `[batch]`. */
export function reduceRows(name: string, rows: Tensor, options: LossOptions): Tensor {
  const { reduction = 'mean', where: mask } = options
  const counted = countedPart(name, rows, options)
  if (reduction === 'none') return counted
  if (reduction === 'sum') return sum(counted)
  const number = mask === undefined ? rows.size : sum(cast(counts(mask), 'float32'))
  return div(sum(counted), maximum(number, 1))
}

/** The options of the rows, when those of elements count them: a row counts when an element does. */
export function rowOptions(options: LossOptions): LossOptions {
  const { where: mask } = options
  if (mask === undefined || mask.rank <= 1) return options
  return { ...options, where: rowSums(cast(counts(mask), 'float32')) }
}

function counts(mask: Tensor): Tensor {
  return notEqual(mask, 0)
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
