import type { Labeled, Phase } from '@deepstruct/training'
import type { EnergyPart } from './energy-part.ts'
import { gamePhase, type GameOptions } from './game.ts'
import type { InferenceNetwork } from './inference-network.ts'
import type { HingeForm } from './violation.ts'

/** How {@link minimaxPhase} trains. */
export interface MinimaxPhaseOptions<S> extends GameOptions<S> {
  /** The hinge; default `margin`. */
  readonly form?: HingeForm
}

/**
 * Trains an energy against a network that looks for the most violating output (Tu and Gimpel 2018, section 3): the structured SVM with
 * the search of cost-augmented inference handed to a network.
 *
 * $$
 * \min_\Theta \max_\Phi \frac{1}{n} \sum_i \bigl[\Delta(y_i, G_\Phi(x_i)) - E_\Theta(x_i, G_\Phi(x_i)) + E_\Theta(x_i, y_i)\bigr]_+
 * $$
 *
 * At each batch the network takes its steps up, then the energy one step down. Epochs are measured by the network. The network has learned to
 * violate: for test time it goes on with {@link tuningPhase}.
 *
 * @param model - any energy of labels in a box
 * @param network - the network
 * @throws {@link @deepstruct/tensor!DomainError} for a pull toward a start that the network has forgotten; the evaluation throws
 * {@link @deepstruct/tensor!DivergenceError} when all outputs are the same, on which `fit` ends as diverged
 */
export function minimaxPhase<S, F>(
  model: EnergyPart<S, F>,
  network: InferenceNetwork<S>,
  options: MinimaxPhaseOptions<S>,
): Phase<S, Labeled> {
  const { name = 'minimax', objective = 'hinge', form = 'margin' } = options
  return gamePhase(
    model,
    [{ network, form, weight: 1 }],
    { network },
    { ...options, name, objective },
  )
}
