import type { Random } from '@deepstruct/tensor'
import type { ExampleRows } from './example-rows.ts'
import { relativeGap } from './svm-options.ts'

/** The loss of a binary machine. */
export type BinaryLoss = 'hinge' | 'squared hinge'

/** The dual problem of one binary machine, with its variables. */
export interface BinaryDual {
  /** The dual variables, one an example. */
  readonly alpha: Float64Array
  /** $w = \sum_i \alpha_i t_i x_i$, the bias last where there is one. */
  readonly weights: Float64Array
  /** Improves each dual variable once. */
  pass(random: Random): void
  /** Both bounds of the minimum. */
  bounds(): { readonly objective: number; readonly dual: number; readonly gap: number }
}

/**
 * Dual coordinate descent with shrinking (Hsieh et al. 2008, algorithm 3): each step minimizes over one dual variable, and variables that
 * sit at a bound with a gradient that pushes outwards are left out until all others have converged.
 *
 * @param targets - $-1$ or $+1$ for each example
 * @param alpha - where to go on from; default zeros
 */
export function binaryDual(
  rows: ExampleRows,
  targets: Int8Array,
  { C, loss }: { readonly C: number; readonly loss: BinaryLoss },
  alpha: Float64Array = new Float64Array(rows.size),
): BinaryDual {
  const { size, squares, width } = rows
  const upper = loss === 'hinge' ? C : Infinity
  const ridge = loss === 'hinge' ? 0 : 1 / (2 * C)
  const weights = new Float64Array(width)
  for (let i = 0; i < size; i++) if (alpha[i] !== 0) rows.add(i, alpha[i]! * targets[i]!, weights)
  const order = Int32Array.from({ length: size }, (_, i) => i)
  let active = size
  let [highest, lowest] = [Infinity, -Infinity]

  return {
    alpha,
    weights,
    pass(random) {
      let [high, low] = [-Infinity, Infinity]
      for (let s = active - 1; s > 0; s--) {
        const t = random.integer(s + 1)
        ;[order[s], order[t]] = [order[t]!, order[s]!]
      }
      for (let s = 0; s < active; s++) {
        const i = order[s]!
        const target = targets[i]!
        const gradient = target * rows.dot(i, weights) - 1 + ridge * alpha[i]!
        const atZero = alpha[i] === 0
        const atUpper = alpha[i] === upper
        if ((atZero && gradient > highest) || (atUpper && gradient < lowest)) {
          active--
          ;[order[s], order[active]] = [order[active]!, i]
          s--
          continue
        }
        const projected = atZero && gradient > 0 ? 0 : atUpper && gradient < 0 ? 0 : gradient
        high = Math.max(high, projected)
        low = Math.min(low, projected)
        const curvature = squares[i]! + ridge
        if (projected === 0 || curvature === 0) continue
        const next = Math.min(Math.max(alpha[i]! - gradient / curvature, 0), upper)
        rows.add(i, (next - alpha[i]!) * target, weights)
        alpha[i] = next
      }
      // All examples come back when those that are left have settled, and once more before the end.
      if (high - low < 1e-2 || active === 0) {
        active = size
        ;[highest, lowest] = [Infinity, -Infinity]
      } else {
        highest = high <= 0 ? Infinity : high
        lowest = low >= 0 ? -Infinity : low
      }
    },
    bounds() {
      let norm = 0
      for (const weight of weights) norm += weight * weight
      let [losses, gains] = [0, 0]
      for (let i = 0; i < size; i++) {
        const violation = Math.max(0, 1 - targets[i]! * rows.dot(i, weights))
        losses += loss === 'hinge' ? violation : violation * violation
        gains += alpha[i]! - (ridge / 2) * alpha[i]! ** 2
      }
      const [objective, dual] = [norm / 2 + C * losses, gains - norm / 2]
      return { objective, dual, gap: relativeGap(objective, dual) }
    },
  }
}
