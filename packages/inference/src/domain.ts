import type { NDArray, Tensor } from '@deepstruct/tensor'

/**
 * A convex set of relaxed outputs whose corners are the structures: a box, a simplex at each position. All functions work on a
 * batch, `[batch, ...shape]`, and each row by itself.
 *
 * Rows may be masked (short sequences): at a masked position the set holds the single point 0, so that nothing moves there, nothing
 * counts, and every function below means the same as on a row without that position.
 */
export interface Domain {
  /** The shape of one output, without the batch. */
  readonly shape: readonly number[]
  /** 1 where a position counts and 0 beyond the end of a short row, `[batch, positions]`; left out when all count. */
  readonly mask?: Tensor
  /** The center of the set, for each row. */
  start(batch: number): Tensor
  /** The nearest point of the set (Euclidean). */
  project(y: Tensor): Tensor
  /** The nearest corner: the structure that a relaxed output stands for. Ties are decided by position, never by chance. */
  round(y: Tensor): Tensor
  /** The corner that minimizes $\langle g, y \rangle$, what Frank–Wolfe asks for. */
  linearMinimizer(gradient: Tensor): Tensor
  /**
   * Free coordinates $z$ to points inside the set: the sigmoid of a box, the softmax of a simplex. It is the inverse of the set's
   * entropic mirror map: a step $z - \eta g$ is the mirror step $\arg\min_{y'} \langle \eta g, y' \rangle + D(y', y)$ with $D$ the
   * divergence of the entropy.
   */
  fromLogits(logits: Tensor): Tensor
  /** The inverse of {@link Domain.fromLogits}, finite on the border too: there $y$ counts as {@link borderMargin} inside. */
  toLogits(y: Tensor): Tensor
  /**
   * The gradient with respect to the logits of an energy whose gradient with respect to $y$ is known: $J^\top g$ with $J$ the
   * Jacobian of {@link Domain.fromLogits} at $y$.
   */
  logitGradient(y: Tensor, gradient: Tensor): Tensor
  /**
   * Every corner of a row without mask, `[corners, ...shape]`, in lexicographic order.
   *
   * @param limit - the most that the caller can use; default {@link cornerLimit}
   * @throws {@link @deepstruct/tensor!DomainError} when there are more than `limit`; it says how many
   */
  corners(limit?: number): NDArray
}

/** How far from the border {@link Domain.toLogits} takes a point to be at least: $10^{-6}$, a logit of 13.8. */
export const borderMargin = 1e-6

/** The most corners that {@link Domain.corners} lists unless it is told otherwise. */
export const cornerLimit = 65_536
