import {
  argMax,
  cast,
  div,
  expandDims,
  greater,
  maximum,
  mul,
  oneHot,
  stopGradient,
  sub,
  sum,
  add,
  type Tensor,
} from '@deepstruct/tensor'

/**
 * The intersection over union of each example: of the object at the threshold 0.5, or the mean over the classes that occur. What is nowhere
 * and nowhere predicted counts as found.
 *
 * @param made - `[batch, height, width]` in $[0, 1]$, or `[batch, height, width, classes]`
 * @param y - the truth, of the same shape
 * @returns `[batch]`, without a gradient
 */
export function rowIoU(made: Tensor, y: Tensor): Tensor {
  const fixed = stopGradient(made)
  const binary = made.rank === 3
  const predicted = binary
    ? cast(greater(expandDims(fixed, 3), 0.5), 'float32')
    : cast(oneHot(argMax(fixed, 3), made.shape[3]!), 'float32')
  const truth = binary ? expandDims(y, 3) : y
  const both = sum(mul(predicted, truth), [1, 2])
  const either = sub(add(sum(predicted, [1, 2]), sum(truth, [1, 2])), both)
  const occurs = cast(greater(either, 0), 'float32')
  const found = sum(div(both, maximum(either, 1)), 1)
  const count = sum(occurs, 1)
  const nothing = sub(1, cast(greater(count, 0), 'float32'))
  return add(div(found, maximum(count, 1)), nothing)
}
