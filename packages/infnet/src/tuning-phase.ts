import type { Minimizer } from '@deepstruct/inference'
import type { Labeled, Optimizer, Phase } from '@deepstruct/training'
import type { EnergyPart } from './energy-part.ts'
import { evaluateNetwork, type Measure } from './evaluate-network.ts'
import type { InferenceNetwork } from './inference-network.ts'
import { stabilizedRows, type Stabilizers, stabilizingPenalty } from './stabilizers.ts'

/** How {@link tuningPhase} trains. */
export interface TuningPhaseOptions {
  /** For progress and reports; default `tuning`. */
  readonly name?: string
  /** How the network moves. */
  readonly optimizer: Optimizer
  /** What keeps it in bounds; default nothing. */
  readonly stabilizers?: Stabilizers
  /** Bounds the global norm of its gradient; default unbounded. */
  readonly clipNorm?: number
  /** The largest number of passes over the data. */
  readonly epochs: number
  /** Stop after so many epochs without a better score; default never. */
  readonly patience?: number
  /** What refines answers at test time, with which epochs are measured; default nothing. */
  readonly refine?: Minimizer
  /** How answers are measured on held-out data; default `evaluateMultilabel` of `@deepstruct/training`. */
  readonly measure?: Measure
}

/**
 * Prepares an inference network for test time, with the energy fixed (Tu and Gimpel 2018, section 3.3): it minimizes the energy of its own
 * outputs, without a cost.
 *
 * $$
 * \min_\Psi \frac{1}{n} \sum_i E_\Theta(x_i, G_\Psi(x_i))
 * $$
 *
 * The truth is not looked at, but by a stabilizing cross-entropy.
 *
 * @param model - any energy of labels in a box
 * @param network - the network, which starts where the phase before has left it
 * @throws {@link @deepstruct/tensor!DomainError} for a pull toward a start that the network has forgotten; the evaluation throws
 * {@link @deepstruct/tensor!DivergenceError} when all outputs are the same, on which `fit` ends as diverged
 */
export function tuningPhase<S, F>(
  model: EnergyPart<S, F>,
  network: InferenceNetwork<S>,
  options: TuningPhaseOptions,
): Phase<S, Labeled> {
  const {
    name = 'tuning',
    optimizer,
    stabilizers = {},
    clipNorm,
    epochs,
    patience,
    refine,
    measure,
  } = options
  const penalty = stabilizingPenalty(name, [network], stabilizers)
  return {
    name,
    epochs,
    ...(patience !== undefined && { patience }),
    turns: [
      {
        moves: network.moves,
        optimizer,
        ...(clipNorm !== undefined && { clipNorm }),
        loss(state, { x, y: truth }) {
          const y = network.answer(state, x)
          const energy = model.energy(state, model.encode(state, x), y)
          return { rows: stabilizedRows(energy, stabilizers, y, truth), metrics: { energy } }
        },
        ...(penalty !== undefined && { penalty }),
      },
    ],
    evaluate: evaluateNetwork(name, model, network, { refine, measure }),
  }
}
