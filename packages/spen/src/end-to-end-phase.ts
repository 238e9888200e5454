import {
  energySolver,
  type EnergyNetwork,
  type IterativeMinimizer,
  type UnrolledSolution,
  unrolled,
} from '@deepstruct/inference'
import { binaryCrossEntropy } from '@deepstruct/losses'
import { add, div, mul, type Tensor } from '@deepstruct/tensor'
import type { Labeled, Phase } from '@deepstruct/training'
import { structuredPhase, type StructuredPhaseOptions } from './structured-phase.ts'

/** How {@link endToEndPhase} trains. */
export interface EndToEndPhaseOptions<S> extends StructuredPhaseOptions<S> {
  /** The inference that is differentiated, and used at test time; smooth ones learn best. */
  readonly inference: IterativeMinimizer
  /** Bounds the global norm of the gradient; default 1. */
  readonly clipNorm?: number
}

/**
 * Trains an energy through its inference: the loss is that of the points that inference visits, and its gradient goes through all
 * steps (Belanger, Yang and McCallum 2017, sections 3 and 4).
 *
 * $$
 * \frac{1}{Z} \sum_{t=1}^{T} \frac{1}{T - t + 1}\, \text{BCE}(y_t, y^*), \qquad y_{t+1} = \text{step}(y_t, \nabla_y E(x, y_t))
 * $$
 *
 * The weights, which sum to $Z$, ask for good points early and most of all at the end.
 *
 * @param model - any energy of labels in a box
 */
export function endToEndPhase<S, F>(
  model: EnergyNetwork<S, Tensor, F>,
  options: EndToEndPhaseOptions<S>,
): Phase<S, Labeled> {
  const { inference, clipNorm = 1 } = options
  const search = unrolled(inference)
  return structuredPhase(
    options,
    'end-to-end',
    {
      clipNorm,
      loss(params, { x, y }, _, masks) {
        const features = model.encode(params, x, masks)
        const domain = model.domain(features)
        const { iterates } = search({
          energy: (z) => model.energy(params, features, z),
          domain,
          start: model.start?.(params, features) ?? domain.start(x.shape[0] ?? 0),
        })
        return { rows: weightedLosses(iterates, y) }
      },
    },
    energySolver(model, inference),
  )
}

function weightedLosses(iterates: UnrolledSolution['iterates'], y: Tensor): Tensor {
  const weights = iterates.map((_, t) => 1 / (iterates.length - t))
  const losses = iterates.map((point, t) =>
    mul(weights[t] as number, binaryCrossEntropy(point, y, { reduction: 'none' })),
  )
  return div(
    losses.reduce((total, loss) => add(total, loss)),
    weights.reduce((total, weight) => total + weight),
  )
}
