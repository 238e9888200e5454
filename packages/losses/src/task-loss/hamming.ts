import { add, div, mul, sizeOf, sub, type Tensor } from '@deepstruct/tensor'
import { requireSame, rowSums } from '../reduction.ts'

/**
 * The Hamming loss as a task loss: how many labels are wrong. On relaxed outputs it is the expected number when each label is drawn by
 * itself, which is linear in $y$.
 *
 * $$
 * \sum_j y^*_j (1 - y_j) + (1 - y^*_j)\, y_j
 * $$
 *
 * @param yTrue - $y^*$, `[batch, ...structure]`
 * @param y - of the same shape
 * @returns `[batch]`, in labels
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ
 *
 * @example
 * ```ts
 * import { hamming } from '@deepstruct/losses'
 * import { array, jit } from '@deepstruct/tensor'
 *
 * await jit(hamming)(array([[1, 0, 1]]), array([[1, 1, 0.5]])) // 0 + 1 + 0.5
 * ```
 */
export function hamming(yTrue: Tensor, y: Tensor): Tensor {
  requireSame('hamming', 'y', y, yTrue.shape, 'yTrue')
  return rowSums(wrongLabels(yTrue, y))
}

/**
 * {@link hamming} as a share of the labels, in $[0, 1]$.
 *
 * @param yTrue - $y^*$, `[batch, ...structure]`
 * @param y - of the same shape
 * @returns `[batch]`
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ
 *
 * @example
 * ```ts
 * import { normalizedHamming } from '@deepstruct/losses'
 * import { array, jit } from '@deepstruct/tensor'
 *
 * await jit(normalizedHamming)(array([[1, 0, 1]]), array([[1, 1, 0.5]])) // 1.5 / 3
 * ```
 */
export function normalizedHamming(yTrue: Tensor, y: Tensor): Tensor {
  requireSame('normalizedHamming', 'y', y, yTrue.shape, 'yTrue')
  return div(rowSums(wrongLabels(yTrue, y)), Math.max(1, sizeOf(y.shape.slice(1))))
}

function wrongLabels(yTrue: Tensor, y: Tensor): Tensor {
  return add(mul(yTrue, sub(1, y)), mul(sub(1, yTrue), y))
}
