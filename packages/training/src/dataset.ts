/** Examples that batches are drawn from. `B` is a batch as plain arrays. */
export interface Dataset<B> {
  /** The number of examples. */
  readonly size: number
  /** The examples of these rows, in this order, as dense arrays. */
  batch(rows: ArrayLike<number>): B
}
