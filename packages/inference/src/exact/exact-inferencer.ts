import type { NDArray } from '@deepstruct/tensor'
import type { Solution } from '../solution.ts'
import type { Potentials } from './potentials.ts'

/** What an exact search may be asked beside its potentials. */
export interface ExactOptions {
  /**
   * The cost $\Delta$ of each state of each variable, `[batch, variables, states]`: the search minimizes $E(y) - \sum_i \Delta_{i, y_i}$, as a structured SVM
   * demands. See {@link hammingCost}.
   */
  readonly cost?: NDArray
}

/**
 * Finds the states of least energy, exactly, on the host: $\hat y = \arg\min_y E(y)$, or of $E(y) - \Delta(y)$ when there is a cost.
 *
 * The outputs are indicators, float32 `[batch, variables, states]`, zeros at a masked variable. `energy` is what was minimized, so it includes a
 * cost. The status is `'converged'`; `'diverged'` where no assignment has a finite energy.
 */
export type ExactInferencer = (
  potentials: Potentials<NDArray>,
  options?: ExactOptions,
) => Promise<Solution>
