import { relu, sigmoid, softplus, sum } from '@deepstruct/tensor'
import type { BeliefSolver } from './label-beliefs.ts'

/**
 * Beliefs of labels that do not interact: each by itself. Where the best label set is asked for, a score $s_j$ is told as $\sigma(s_j)$, so that a threshold
 * other than 0.5 means something too.
 */
export const independentBeliefs: BeliefSolver = (kind, { single }) => ({
  y: sigmoid(single),
  value: sum(kind === 'best' ? relu(single) : softplus(single), 1),
})
