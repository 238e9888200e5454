import type { LabelEnergy } from '@deepstruct/inference'
import { tokenMask } from '@deepstruct/networks'
import { div, maximum, sum } from '@deepstruct/tensor'
import { adam, type Labeled, type Phase, type Schedule } from '@deepstruct/training'

/** How {@link tagEnergyPhase} trains. */
export interface TagEnergyPhaseOptions {
  /** The number of passes over the data; default 10. */
  readonly epochs?: number
  /** The learning rate of Adam; default 2e-3. */
  readonly rate?: Schedule
}

/**
 * Pretrains the energy of a tag language model on true tags: their energy is their negative log-likelihood, and its mean over the tokens is
 * minimized. It moves the part `label` of the state.
 *
 * @param energy - one whose values are negative log-likelihoods, such as {@link @deepstruct/inference!tagLanguageModelEnergy}; others, which have no lower
 * bound, would fall without end
 */
export function tagEnergyPhase<P, S extends { readonly label: P }>(
  energy: LabelEnergy<P>,
  { epochs = 10, rate = 2e-3 }: TagEnergyPhaseOptions = {},
): Phase<S, Labeled> {
  return {
    name: 'tag energy',
    epochs,
    turns: [
      {
        moves: ['label'],
        optimizer: adam({ rate }),
        clipNorm: 5,
        loss({ label }, { x, y }) {
          const tokens = sum(tokenMask(x), 1)
          return { rows: div(energy.energy(label, y), maximum(tokens, 1)), weights: tokens }
        },
      },
    ],
  }
}
