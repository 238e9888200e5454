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
 * A value is one number for a whole mask; its gradient is one for each pixel, and inference follows it. As a loss beside that of the values, this
 * teaches the gradient directly (derivatives are learned beside values in Czarnecki et al. 2017; here their directions alone, since lengths follow
 * from the values). A gradient of 0 has no direction, and the result is 1.
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
