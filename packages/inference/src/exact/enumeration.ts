import { cornerLimit } from '../domain.ts'
import { checkCost } from './check-cost.ts'
import type { ExactInferencer } from './exact-inferencer.ts'
import { visitAssignments } from './visit-assignments.ts'

/** How far {@link enumeration} goes. */
export interface EnumerationOptions {
  /** The most assignments of an example; default {@link cornerLimit}. */
  readonly limit?: number
}

/**
 * The best states by trying all of them: exact for any graph, where it is small. The first of equal ones is taken. `steps` are the assignments
 * tried.
 *
 * @returns an inferencer that throws {@link @deepstruct/tensor!DomainError} when there are more assignments than the limit, and
 * {@link @deepstruct/tensor!ShapeError} when the parts do not fit each other
 *
 * @example
 * ```ts
 * import { enumeration } from '@deepstruct/inference'
 * import { array } from '@deepstruct/tensor'
 *
 * const { energy } = await enumeration()({
 *   unary: array([[[0, -1], [0, -1], [0, -1]]]),
 *   edges: { shape: [3, 2], dtype: 'int32', data: Int32Array.of(0, 1, 1, 2, 2, 0) }, // a triangle
 *   pairwise: array([[[0, 0], [0, 2]]]), // two at once cost 2
 * }) // energy: [-1]
 * ```
 */
export function enumeration({ limit = cornerLimit }: EnumerationOptions = {}): ExactInferencer {
  return async (potentials, { cost } = {}) => {
    const { unary, mask } = potentials
    checkCost('enumeration', unary, cost)
    const charged =
      cost === undefined
        ? potentials
        : {
            ...potentials,
            unary: { ...unary, data: Float32Array.from(unary.data, (u, i) => u - cost.data[i]!) },
          }
    const [batch, variables, states] = unary.shape as [number, number, number]
    const energy = new Float64Array(batch).fill(Number.POSITIVE_INFINITY)
    const best = new Int32Array(batch * variables)
    const steps = new Int32Array(batch)
    visitAssignments(
      'enumeration',
      charged,
      (example, chosen, value) => {
        steps[example]!++
        if (value >= energy[example]!) return
        energy[example] = value
        best.set(chosen, example * variables)
      },
      limit,
    )
    const y = new Float32Array(unary.data.length)
    for (let i = 0; i < best.length; i++)
      if (mask === undefined || mask.data[i] !== 0) y[i * states + best[i]!] = 1
    return {
      y: { shape: unary.shape, dtype: 'float32', data: y },
      energy: { shape: [batch], dtype: 'float32', data: Float32Array.from(energy) },
      steps: { shape: [batch], dtype: 'int32', data: steps },
      status: Array.from(energy, (value) => (Number.isFinite(value) ? 'converged' : 'diverged')),
    }
  }
}
