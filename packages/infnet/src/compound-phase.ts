import type { Minimizer } from '@deepstruct/inference'
import type { Labeled, Phase } from '@deepstruct/training'
import type { EnergyPart } from './energy-part.ts'
import { gamePhase, type GameOptions } from './game.ts'
import type { InferenceNetwork } from './inference-network.ts'

/** The two networks of {@link compoundPhase}. */
export interface NetworkPair<S> {
  /** $F_\Phi$, which looks for the most violating output. */
  readonly augmented: InferenceNetwork<S>
  /** $A_\Psi$, which looks for the best output, and answers at test time. */
  readonly inference: InferenceNetwork<S>
}

/** How {@link compoundPhase} trains. */
export interface CompoundPhaseOptions<S> extends GameOptions<S> {
  /** $\lambda$, how much the second hinge counts; default 1. */
  readonly inferenceWeight?: number
  /** What refines answers at test time, with which epochs are measured; default nothing. */
  readonly refine?: Minimizer
}

/**
 * Trains an energy against two networks at once: one for cost-augmented inference, one for inference at test time (Tu, Pang and Gimpel 2020,
 * section 3.1).
 *
 * $$
 * \min_\Theta \max_{\Phi, \Psi} \frac{1}{n} \sum_i \bigl[\Delta(y_i, F_\Phi(x_i)) - E_\Theta(x_i, F_\Phi(x_i)) + E_\Theta(x_i, y_i)\bigr]_+
 * + \lambda \bigl[-E_\Theta(x_i, A_\Psi(x_i)) + E_\Theta(x_i, y_i)\bigr]_+
 * $$
 *
 * The truncation is for the energy; the networks maximize without it unless `objective` says otherwise. So they have a gradient in every row, and
 * no further phase is needed. Epochs are measured by $A_\Psi$.
 *
 * @param model - any energy of labels in a box
 * @param networks - the two, apart from each other or over one trunk
 * @throws {@link @deepstruct/tensor!DomainError} for a pull toward a start that a network has forgotten; the evaluation throws
 * {@link @deepstruct/tensor!DivergenceError} when all outputs are the same, on which `fit` ends as diverged
 */
export function compoundPhase<S, F>(
  model: EnergyPart<S, F>,
  networks: NetworkPair<S>,
  options: CompoundPhaseOptions<S>,
): Phase<S, Labeled> {
  const { name = 'compound', objective = 'untruncated', inferenceWeight = 1, refine } = options
  const { augmented, inference } = networks
  return gamePhase(
    model,
    [
      { network: augmented, form: 'margin', weight: 1 },
      { network: inference, form: 'perceptron', weight: inferenceWeight },
    ],
    { network: inference, refine },
    { ...options, name, objective },
  )
}
