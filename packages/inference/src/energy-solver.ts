import { DTypeError, flatten, isTensor } from '@deepstruct/tensor'
import type { EnergyNetwork } from './energy.ts'
import type { Minimizer } from './minimizer.ts'
import type { TracedSolution } from './solution.ts'

/**
 * Inference with an energy network: what a {@link predictor} calls `solve`.
 *
 * @param network - the model
 * @param minimizer - how its energy is minimized
 * @returns a traceable function of parameters and inputs. Each array of the inputs has the rows on its first axis.
 */
export function energySolver<P, X, F>(
  network: EnergyNetwork<P, X, F>,
  minimizer: Minimizer,
): (params: P, x: X) => TracedSolution {
  return (params, x) => {
    const features = network.encode(params, x)
    const domain = network.domain(features)
    return minimizer({
      energy: (y) => network.energy(params, features, y),
      domain,
      start: network.start?.(params, features) ?? domain.start(rowsOf(x)),
    })
  }
}

function rowsOf(x: unknown): number {
  const { leaves } = flatten(x, isTensor, (path, value) => {
    throw new DTypeError({
      function: 'energySolver',
      argument: `x.${path}`,
      got: typeof value,
      expected: 'a tensor',
    })
  })
  return leaves[0]?.shape[0] ?? 0
}
