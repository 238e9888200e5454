import {
  costAugmented,
  type EnergyNetwork,
  energySolver,
  type Minimizer,
} from '@deepstruct/inference'
import { squared, structuredHinge, type TaskLoss } from '@deepstruct/losses'
import type { Tensor } from '@deepstruct/tensor'
import type { Labeled, Phase } from '@deepstruct/training'
import { structuredPhase, type StructuredPhaseOptions } from './structured-phase.ts'

/** How {@link ssvmPhase} trains. */
export interface SsvmPhaseOptions<S> extends StructuredPhaseOptions<S> {
  /** The search for the most violated output. */
  readonly inference: Minimizer
  /** The search at test time, with which the phase is measured; default `inference`. */
  readonly testInference?: Minimizer
  /** $\Delta$, relaxed; default the squared distance, which is the Hamming loss on corners. */
  readonly taskLoss?: TaskLoss
  /** Margin or slack rescaling; default `'margin'`. */
  readonly rescaling?: 'margin' | 'slack'
}

/**
 * Trains an energy as a structured SVM: the true output must lie below every other one by as much as that one is wrong
 * (Belanger and McCallum 2016, section 4).
 *
 * $$
 * \frac{1}{n} \sum_i \Bigl[\max_{\hat y \in [0,1]^L} \Delta(y_i, \hat y) - E(x_i, \hat y) + E(x_i, y_i)\Bigr]_+
 * $$
 *
 * The maximum is searched by cost-augmented inference, off the tape: the gradient is that of the energies at the output that was
 * found. Rows that satisfy the margin give none.
 *
 * @param model - any energy of labels in a box
 */
export function ssvmPhase<S, F>(
  model: EnergyNetwork<S, Tensor, F>,
  options: SsvmPhaseOptions<S>,
): Phase<S, Labeled> {
  const { inference, testInference = inference, taskLoss = squared, rescaling = 'margin' } = options
  return structuredPhase(
    options,
    'ssvm',
    {
      prepare(params, { x, y }, masks) {
        const features = model.encode(params, x, masks)
        const domain = model.domain(features)
        const energy = costAugmented((z) => model.energy(params, features, z), taskLoss, y)
        const start = model.start?.(params, features) ?? domain.start(x.shape[0] ?? 0)
        return inference({ energy, domain, start }).y
      },
      loss(params, { x, y }, prepared, masks) {
        const worst = prepared as Tensor
        const features = model.encode(params, x, masks)
        const cost = taskLoss(y, worst)
        const rows = structuredHinge(
          {
            energyTrue: model.energy(params, features, y),
            energyPredicted: model.energy(params, features, worst),
            taskLoss: cost,
          },
          { rescaling, reduction: 'none' },
        )
        return { rows, metrics: { cost } }
      },
    },
    energySolver(model, testInference),
  )
}
