import { activationFunction, type Activation } from '@deepstruct/networks'
import { matMul, reshape, type Tensor } from '@deepstruct/tensor'
import type { LabelEnergy } from './label-energy.ts'

/** What a {@link measurementEnergy} is. */
export interface MeasurementEnergyOptions {
  /** The number of labels. */
  readonly labels: number
  /** The number of measurements; default 16. */
  readonly measurements?: number
  /** What follows the measurements; default `softplus`, smooth and convex. */
  readonly activation?: Activation
}

/** The parameters of a {@link measurementEnergy}; a type and no interface, so that it counts as a tree. */
export type MeasurementParams = {
  /** $C_1^\top$, `[labels, measurements]`. */
  readonly measure: Tensor
  /** $c_2$, `[measurements, 1]`. */
  readonly weigh: Tensor
}

/**
 * The global energy of SPEN: a few measurements of the whole label vector, each a soft rule with a price (Belanger and McCallum 2016,
 * equation 3).
 *
 * $$
 * E_\text{label}(y) = c_2^\top g(C_1 y)
 * $$
 */
export function measurementEnergy(
  options: MeasurementEnergyOptions,
): LabelEnergy<MeasurementParams> {
  const { labels, measurements = 16, activation = 'softplus' } = options
  const g = activationFunction(activation)
  return {
    // Small measurements, so that the energy starts near a constant and the classifier decides.
    init: (random) => ({
      measure: random.normals([labels, measurements], 0, 1 / Math.sqrt(labels)),
      weigh: random.normals([measurements, 1], 0, 1 / Math.sqrt(measurements)),
    }),
    energy: ({ measure, weigh }, y) => reshape(matMul(g(matMul(y, measure)), weigh), [-1]),
  }
}
