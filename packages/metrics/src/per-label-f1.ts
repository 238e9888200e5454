import { type NDArray, ndarray } from '@deepstruct/tensor'
import { checkPredictions, type Extents } from './arguments.ts'
import { type EmptyValue, f1Of, overlap } from './overlap.ts'

/**
 * The F1 of each label over the examples.
 *
 * @param predicted - `[examples, labels]` in {0, 1}
 * @param labels - `[examples, labels]` in {0, 1}
 * @param options - the value of a label that is nowhere true and nowhere predicted
 * @returns `[labels]`, float32 in [0, 1]
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ or are empty
 * @throws {@link @deepstruct/tensor!DomainError} for an element outside {0, 1}
 *
 * @example
 * ```ts
 * import { array } from '@deepstruct/tensor'
 * import { perLabelF1 } from '@deepstruct/metrics'
 *
 * perLabelF1(array([[1, 1], [0, 1]]), array([[1, 0], [0, 0]])).data // 1, 0
 * ```
 */
export function perLabelF1(
  predicted: NDArray,
  labels: NDArray,
  { emptyValue = 1 }: EmptyValue = {},
): NDArray {
  const extents = checkPredictions('perLabelF1', predicted, labels)
  const values = Array.from({ length: extents.width }, (_, label) =>
    labelF1(predicted, labels, { ...extents, label, emptyValue }),
  )
  return ndarray(values)
}

/** The F1 of one column of arrays that have been checked. */
export function labelF1(
  predicted: NDArray,
  labels: NDArray,
  { examples, width, label, emptyValue }: Extents & { label: number; emptyValue: number },
): number {
  const column = { start: label, stride: width, count: examples }
  return f1Of(overlap(predicted.data, labels.data, column), emptyValue)
}
