import { abs, all, check, DivergenceError, lessEqual, type Tensor } from '@deepstruct/tensor'

/**
 * Refuses two energies that lie farther apart than a bound, or are no numbers: an energy that runs away is stopped long before it
 * overflows. The engine looks after the run.
 *
 * @param name - the phase, for the error
 * @param gap - $E(y) - E(\hat y)$, `[batch]`
 * @param bound - the largest gap that counts as learning
 * @throws {@link @deepstruct/tensor!DivergenceError} for a row beyond it, on which `fit` ends as diverged with the last good state
 */
export function requireBound(name: string, gap: Tensor, bound: number): void {
  check(
    all(lessEqual(abs(gap), bound)),
    () =>
      new DivergenceError({
        function: name,
        argument: 'the gap between the energies of the truth and of an output',
        got: `more than ${bound}, or no number`,
        expected: 'at most the energy bound',
        why: 'the energy runs away; a smaller rate of the energy may help',
      }),
  )
}
