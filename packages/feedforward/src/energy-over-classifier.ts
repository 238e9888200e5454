import {
  type EnergyNetwork,
  type LabelEnergy,
  measurementEnergy,
  pairwiseEnergy,
  spen,
  type SpenParams,
} from '@deepstruct/inference'
import type { Tensor } from '@deepstruct/tensor'
import type { Sizes } from '@deepstruct/training'
import { z } from 'zod'
import { classifierNetwork, type MlpSettings } from './mlp-family.ts'

/** The settings of a label energy; a type and no interface, so that it counts as JSON. */
export type LabelEnergySettings = {
  /** The energy of the labels together; `none` leaves them independent, as a control. */
  readonly labelEnergy: 'measurements' | 'pairwise' | 'none'
  /** The number of measurements, where those are the label energy. */
  readonly measurements: number
}

/** The schema of {@link LabelEnergySettings}, field by field: families with such an energy take it into their own. */
export const labelEnergySettings: Readonly<Record<keyof LabelEnergySettings, z.ZodType>> = {
  labelEnergy: z
    .enum(['measurements', 'pairwise', 'none'])
    .default('measurements')
    .describe('the energy of the labels together; none leaves them independent, as a control'),
  measurements: z.int().positive().default(16).describe('measurements of the label energy'),
}

/**
 * The energy that the settings describe: the classifier's logits as a local energy, and the label energy.
 *
 * The parts `features` and `output` of its parameters are those of the classifier, so `classifierPhase` pretrains it.
 */
export function energyOverClassifier(
  configuration: MlpSettings & LabelEnergySettings,
  sizes: Sizes,
): EnergyNetwork<SpenParams<unknown>, Tensor, Tensor> {
  return spen({
    network: classifierNetwork(configuration, sizes),
    labelEnergy: labelEnergies[configuration.labelEnergy](configuration, sizes),
  })
}

const labelEnergies: Readonly<
  Record<
    LabelEnergySettings['labelEnergy'],
    (configuration: LabelEnergySettings, sizes: Sizes) => LabelEnergy | undefined
  >
> = {
  measurements: ({ measurements }, { labels }) => measurementEnergy({ labels, measurements }),
  pairwise: (_, { labels }) => pairwiseEnergy({ labels }),
  none: () => undefined,
}
