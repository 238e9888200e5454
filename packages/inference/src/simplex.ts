import {
  argMax,
  argMin,
  fill,
  log,
  maximum,
  mul,
  oneHot,
  softmax,
  sub,
  sum,
  type Tensor,
} from '@deepstruct/tensor'
import { combinations } from './corners.ts'
import { borderMargin, cornerLimit, type Domain } from './domain.ts'
import { masked } from './masked.ts'
import { projectSimplex } from './project-simplex.ts'

/** What a domain of simplexes is made of. */
export interface SimplexConfiguration {
  /** How many choices there are in an output: the length of a sequence, 1 for a single class. */
  readonly positions: number
  /** Among how many classes each of them is. */
  readonly classes: number
  /** 1 where a position counts and 0 beyond the end of a short row, `[batch, positions]`; default all count. */
  readonly mask?: Tensor
}

/**
 * A probability simplex at each position, outputs `[positions, classes]`: relaxed tag sequences. Its corners choose one class a
 * position.
 *
 * Rounding chooses the largest element, the first one at a tie.
 *
 * @throws {@link @deepstruct/tensor!ShapeError} when the mask does not fit
 */
export function simplex({ positions, classes, mask }: SimplexConfiguration): Domain {
  const shape = [positions, classes]
  const domain: Domain = {
    shape,
    start: (batch) => fill([batch, ...shape], 1 / classes),
    project: projectSimplex,
    round: (y) => oneHot(argMax(y), classes),
    linearMinimizer: (gradient) => oneHot(argMin(gradient), classes),
    fromLogits: (logits) => softmax(logits),
    toLogits: (y) => log(maximum(y, borderMargin)),
    logitGradient: (y, gradient) => mul(y, sub(gradient, sum(mul(y, gradient), -1, true))),
    corners: (limit = cornerLimit) =>
      combinations({
        name: 'simplex',
        positions,
        choices: classes,
        shape,
        code: (choice) => Array.from({ length: classes }, (_, k) => (k === choice ? 1 : 0)),
        limit,
      }),
  }
  return mask === undefined ? domain : masked(domain, mask)
}
