import { cast, mul, reshape, ShapeError, type Tensor } from '@deepstruct/tensor'
import type { Domain } from './domain.ts'

/**
 * A domain in which some positions do not count: there the only point is 0. See {@link Domain}.
 *
 * @param domain - of full rows
 * @param mask - 1 where a position counts, else 0; `[batch, ...]` over the leading axes of an output
 * @throws {@link @deepstruct/tensor!ShapeError} when the mask does not fit the shape of the outputs
 */
export function masked(domain: Domain, mask: Tensor): Domain {
  const covered = mask.shape.slice(1)
  if (mask.rank < 2 || covered.some((extent, axis) => extent !== domain.shape[axis]))
    throw new ShapeError({
      function: 'masked',
      argument: 'mask',
      got: `of shape [${mask.shape.join(', ')}]`,
      expected: `[batch, ...] over the leading axes of outputs of shape [${domain.shape.join(', ')}]`,
    })
  const open = domain.shape.slice(covered.length).map(() => 1)
  const counts = reshape(cast(mask, 'float32'), [-1, ...covered, ...open])
  const kept =
    <A extends readonly unknown[]>(fn: (...args: A) => Tensor) =>
    (...args: A) =>
      mul(fn(...args), counts)
  return {
    ...domain,
    mask,
    start: kept(domain.start),
    project: kept(domain.project),
    round: kept(domain.round),
    linearMinimizer: kept(domain.linearMinimizer),
    fromLogits: kept(domain.fromLogits),
    toLogits: kept(domain.toLogits),
    logitGradient: kept(domain.logitGradient),
  }
}
