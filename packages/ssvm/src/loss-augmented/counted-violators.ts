import { DomainError } from '@deepstruct/tensor'
import type { LabelLoss } from '../labels/label-loss.ts'
import { type LossAugmentedInference, notServed, type Rescaling } from './loss-augmented.ts'

/**
 * Loss-augmented inference for independent labels and a loss that depends on counts alone, such as $1 - F_1$: for each number of hits and of extra
 * labels the best label set takes those of the highest scores (Joachims 2005, section 4). Exact for both rescalings; the work is labels² an
 * example.
 *
 * @returns a search that throws {@link @deepstruct/tensor!DomainError} when labels interact
 * @throws {@link @deepstruct/tensor!DomainError} for a loss that depends on more than counts
 */
export function countedViolators(
  loss: LabelLoss,
  rescaling: Rescaling = 'margin',
): LossAugmentedInference {
  const { byCounts } = loss
  if (byCounts === undefined) throw notServed('countedViolators', loss, 'a loss of counts')
  return {
    loss,
    rescaling,
    find({ potentials: { unary, edges }, truth }) {
      if (edges.shape[0] !== 0)
        throw new DomainError({
          function: 'countedViolators',
          argument: 'potentials.edges',
          got: `${edges.shape[0]} edges`,
          expected: 'none',
          why: 'enumeratedViolators serves labels that interact, where they are few',
        })
      const [batch, labels] = truth.shape as [number, number]
      const y = new Float32Array(truth.data.length)
      for (let example = 0; example < batch; example++) {
        const at = example * labels
        const score = (i: number): number =>
          unary.data[2 * (at + i)]! - unary.data[2 * (at + i) + 1]!
        const sorted = Array.from({ length: labels }, (_, i) => i).toSorted(
          (i, j) => score(j) - score(i),
        )
        const isTrue = (i: number): boolean => truth.data[at + i] === 1
        const [present, absent] = [sorted.filter(isTrue), sorted.filter((i) => !isTrue(i))]
        // Scores of the first few of each, and what the true label set scores.
        const sums = (of: readonly number[]): number[] => {
          const totals = [0]
          for (const i of of) totals.push(totals.at(-1)! + score(i))
          return totals
        }
        const [gains, extras] = [sums(present), sums(absent)]
        const own = gains.at(-1)!
        let best = { violation: Number.NEGATIVE_INFINITY, hits: 0, extra: 0 }
        for (const [hits, gain] of gains.entries())
          for (const [extra, more] of extras.entries()) {
            const cost = byCounts(hits, extra, present.length)
            const ahead = gain + more - own
            const violation = rescaling === 'margin' ? cost + ahead : cost * (1 + ahead)
            if (violation > best.violation) best = { violation, hits, extra }
          }
        for (const i of present.slice(0, best.hits)) y[at + i] = 1
        for (const i of absent.slice(0, best.extra)) y[at + i] = 1
      }
      return Promise.resolve({ y: { ...truth, data: y } })
    },
  }
}
