import type { NDArray, Tensor } from '@deepstruct/tensor'

/**
 * A convex set of relaxed outputs whose corners are the structures: a box, a simplex at each position. All functions work on a
 * batch, `[batch, ...shape]`, and each row by itself; rows may be masked (short sequences).
 */
export interface Domain {
  /** The shape of one output, without the batch. */
  readonly shape: readonly number[]
  /** 1 where a position counts and 0 beyond the end of a short row, `[batch, positions]`; left out when all count. */
  readonly mask?: Tensor
  /** The centre of the set, for each row. */
  start(batch: number): Tensor
  /** The nearest point of the set (Euclidean). */
  project(y: Tensor): Tensor
  /** The nearest corner: the structure that a relaxed output stands for. */
  round(y: Tensor): Tensor
  /** The corner that minimizes $\langle g, y \rangle$, what Frank–Wolfe asks for. */
  linearMinimizer(gradient: Tensor): Tensor
  /**
   * The entropic mirror step $\arg\min_{y'} \langle s g, y' \rangle + D(y', y)$ with $D$ the divergence of the set's entropy; it stays inside.
   *
   * @param scaledGradient - step size times gradient
   */
  mirrorStep(y: Tensor, scaledGradient: Tensor): Tensor
  /** Free coordinates to points inside the set: the sigmoid of a box, the softmax of a simplex. */
  fromLogits(logits: Tensor): Tensor
  /** The inverse of {@link fromLogits}, finite on the border too. */
  toLogits(y: Tensor): Tensor
  /**
   * Every corner, `[corners, ...shape]`.
   *
   * @throws {@link DomainError} when there are more than `limit`
   */
  corners(limit?: number): NDArray
}
