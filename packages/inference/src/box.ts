import {
  cast,
  clip,
  div,
  fill,
  greater,
  less,
  log,
  mul,
  sigmoid,
  sizeOf,
  sub,
  type Tensor,
} from '@deepstruct/tensor'
import { combinations } from './corners.ts'
import { borderMargin, cornerLimit, type Domain } from './domain.ts'
import { masked } from './masked.ts'

/**
 * The box $[0, 1]^{\text{shape}}$: relaxed sets of labels, relaxed masks of images. Its corners are the 0/1 arrays.
 *
 * Rounding gives 1 where $y > 0.5$, so a tie gives 0.
 *
 * @param shape - of one output: `[labels]`, `[height, width]`, any rank
 * @param mask - 1 where a position counts, `[batch, ...]` over the leading axes of an output; default all count
 * @throws {@link @deepstruct/tensor!ShapeError} when the mask does not fit the shape
 */
export function box(shape: readonly number[], mask?: Tensor): Domain {
  const domain: Domain = {
    shape,
    start: (batch) => fill([batch, ...shape], 0.5),
    project: projectBox,
    round: (y) => cast(greater(y, 0.5), 'float32'),
    linearMinimizer: (gradient) => cast(less(gradient, 0), 'float32'),
    fromLogits: sigmoid,
    toLogits(y) {
      const inside = clip(y, borderMargin, 1 - borderMargin)
      return log(div(inside, sub(1, inside)))
    },
    logitGradient: (y, gradient) => mul(gradient, mul(y, sub(1, y))),
    corners: (limit = cornerLimit) =>
      combinations({
        name: 'box',
        positions: sizeOf(shape),
        choices: 2,
        shape,
        code: (choice) => [choice],
        limit,
      }),
  }
  return mask === undefined ? domain : masked(domain, mask)
}

/**
 * The nearest point of the box $[0, 1]^n$: $\min(\max(y, 0), 1)$. The gradient passes inside and stops outside.
 *
 * @param y - any shape
 */
export function projectBox(y: Tensor): Tensor {
  return clip(y, 0, 1)
}
