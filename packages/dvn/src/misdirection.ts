import {
  add,
  div,
  gradOfRows,
  mul,
  sqrt,
  square,
  stopGradient,
  sub,
  sum,
  type Tensor,
} from '@deepstruct/tensor'

/**
 * How far the way up a network turns from the way up the oracle, at these outputs: one minus the cosine of the two gradients, `[batch]` in
 * $[0, 2]$.
 *
 * $$
 * 1 - \frac{\langle \nabla_y z, \nabla_y v^* \rangle}{\lVert \nabla_y z \rVert \, \lVert \nabla_y v^* \rVert}
 * $$
 *
 * A value is one number of a whole mask, its gradient is one of each pixel: inference follows the gradient, and this says it what to be
 * (as the training of derivatives beside values by Czarnecki et al. 2017, of directions alone). Lengths are left to the values. Where a gradient
 * is 0 it has no direction, and the result is 1.
 *
 * @param score - the logit of the value of each row, `[batch]`
 * @param oracle - what outputs are worth, `[batch]`, with a derivative; a constant of the result
 * @param y - outputs, `[batch, ...structure]`
 */
export function misdirection(
  score: (y: Tensor) => Tensor,
  oracle: (y: Tensor) => Tensor,
  y: Tensor,
): Tensor {
  const climbed = gradOfRows(score)(y)
  const wanted = stopGradient(gradOfRows(oracle)(y))
  const axes = y.shape.slice(1).map((_, axis) => axis + 1)
  // Inside of the root, since it has no derivative at 0.
  const length = (gradient: Tensor): Tensor => sqrt(add(sum(square(gradient), axes), 1e-16))
  return sub(1, div(sum(mul(climbed, wanted), axes), mul(length(climbed), length(wanted))))
}
