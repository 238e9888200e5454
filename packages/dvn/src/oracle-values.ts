import { normalizedHamming, oneMinusF1, oneMinusIoU, type TaskLoss } from '@deepstruct/losses'
import {
  add,
  all,
  check,
  DomainError,
  exp,
  greaterEqual,
  lessEqual,
  log,
  logicalAnd,
  maximum,
  mul,
  ShapeError,
  sub,
  sum,
  type Tensor,
} from '@deepstruct/tensor'

/**
 * What an output is worth, $v^*(y^*, y) \in [0, 1]$ of each row, `[batch]`: 1 for the true one. It is exact on $\{0, 1\}$ and defined on
 * relaxed outputs. Any task metric of this form can be learned as a value.
 */
export type OracleValue = (yTrue: Tensor, y: Tensor) => Tensor

/** The oracle values that have a name, so that a configuration with them is plain data. */
export type OracleName = 'f1' | 'iou' | 'hamming' | 'accuracy'

/**
 * The F1 of each row, on relaxed outputs with sums of minima (Gygli et al. 2017, section 3.1); two empty rows have 1.
 *
 * $$
 * \frac{2 \sum_j \min(y^*_j, y_j)}{\sum_j y^*_j + y_j}
 * $$
 *
 * @param yTrue - $y^*$, `[batch, ...structure]`
 * @param y - of the same shape
 * @returns `[batch]`
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ
 *
 * @example
 * ```ts
 * import { f1Value } from '@deepstruct/dvn'
 * import { array, jit } from '@deepstruct/tensor'
 *
 * await jit(f1Value)(array([[1, 0, 1]]), array([[1, 1, 0]])) // 2 / (2 + 2) = 0.5
 * ```
 */
export const f1Value: OracleValue = gainOf(oneMinusF1)

/**
 * The intersection over union of each row, on relaxed outputs with sums of minima and maxima (Gygli et al. 2017, section 3.1); two empty
 * rows have 1.
 *
 * $$
 * \frac{\sum_j \min(y^*_j, y_j)}{\sum_j \max(y^*_j, y_j)}
 * $$
 *
 * @param yTrue - $y^*$, `[batch, ...structure]`
 * @param y - of the same shape
 * @returns `[batch]`
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ
 */
export const iouValue: OracleValue = gainOf(oneMinusIoU)

/**
 * The share of labels or pixels that are right: one minus the normalized Hamming loss.
 *
 * @param yTrue - $y^*$, `[batch, ...structure]`
 * @param y - of the same shape
 * @returns `[batch]`
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ
 */
export const hammingValue: OracleValue = gainOf(normalizedHamming)

/**
 * Whether a whole row is right (subset accuracy). On relaxed outputs it is the probability of that when each label is drawn by itself,
 *
 * $$
 * \prod_j y^*_j\, y_j + (1 - y^*_j)(1 - y_j),
 * $$
 *
 * computed in logarithms, with factors of at least $10^{-12}$.
 *
 * @param yTrue - $y^*$, `[batch, ...structure]`
 * @param y - of the same shape
 * @returns `[batch]`
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ
 */
export function accuracyValue(yTrue: Tensor, y: Tensor): Tensor {
  if (String(y.shape) !== String(yTrue.shape))
    throw new ShapeError({
      function: 'accuracyValue',
      argument: 'y',
      got: `of shape [${y.shape.join(', ')}]`,
      expected: `[${yTrue.shape.join(', ')}] to match yTrue`,
    })
  const right = add(mul(yTrue, y), mul(sub(1, yTrue), sub(1, y)))
  const axes = y.shape.slice(1).map((_, axis) => axis + 1)
  return exp(sum(log(maximum(right, 1e-12)), axes))
}

/** The oracle value of a name. */
export function oracleNamed(name: OracleName): OracleValue {
  return named[name]
}

const named: Readonly<Record<OracleName, OracleValue>> = {
  f1: f1Value,
  iou: iouValue,
  hamming: hammingValue,
  accuracy: accuracyValue,
}

/**
 * Demands that an oracle keeps to its range.
 *
 * @param name - the function that was given the oracle, for the error
 * @param values - what the oracle returned, `[batch]`
 * @throws {@link @deepstruct/tensor!DomainError} after the run, when a value lies outside $[0, 1]$
 */
export function checkOracle(name: string, values: Tensor): void {
  const inside = logicalAnd(greaterEqual(values, 0), lessEqual(values, 1))
  check(
    all(inside),
    () =>
      new DomainError({
        function: name,
        argument: 'oracle',
        got: 'a value outside [0, 1]',
        expected: 'values in [0, 1], 1 for the true output',
        why: 'a value network predicts a share of what is right',
      }),
  )
}

function gainOf(loss: TaskLoss): OracleValue {
  return (yTrue, y) => sub(1, loss(yTrue, y))
}
