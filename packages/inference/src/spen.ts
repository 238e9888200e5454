import type { DenseParams, WithOutput, WithOutputParams } from '@deepstruct/networks'
import { add, dot, neg, type Tensor } from '@deepstruct/tensor'
import { box } from './box.ts'
import type { EnergyNetwork } from './energy.ts'
import type { LabelEnergy } from './label-energy/label-energy.ts'

/** The parameters of a {@link spen}; a type and no interface, so that it counts as a tree. */
export type SpenParams<P, F = readonly DenseParams[]> = WithOutputParams<F> & {
  /** Those of the label energy. */
  readonly label: P
}

/** The parts of a {@link spen}. */
export interface SpenOptions<P, F = readonly DenseParams[]> {
  /** The feature network $F$ with its output layer $b$: from features to one logit for each label. */
  readonly network: WithOutput<F>
  /** What looks at the labels together; left out, the energy is local and labels are independent. */
  readonly labelEnergy?: LabelEnergy<P> | undefined
}

/**
 * The local energy: each label by itself, with the logits of a classifier.
 *
 * $$
 * E_\text{local}(x, y) = -\sum_i y_i\, s_i(x)
 * $$
 *
 * The sign makes a likely label cheap, so the classifier of independent labels is $\sigma(s)$.
 *
 * @param logits - $s$, `[batch, labels]`
 * @param y - `[batch, labels]` in $[0, 1]$
 * @returns `[batch]`
 */
export function localEnergy(logits: Tensor, y: Tensor): Tensor {
  return neg(dot(logits, y))
}

/**
 * A structured prediction energy network (Belanger and McCallum 2016): local energies of the labels, given the input, and an energy of
 * the labels together.
 *
 * $$
 * E(x, y) = -\sum_i y_i\, b_i^\top F(x) + E_\text{label}(y), \qquad y \in [0, 1]^L
 * $$
 *
 * @example
 * ```ts
 * import { measurementEnergy, spen } from '@deepstruct/inference'
 * import { mlp } from '@deepstruct/networks'
 *
 * const model = spen({
 *   network: mlp({ inputs: 20, hidden: [50], outputs: 6 }),
 *   labelEnergy: measurementEnergy({ labels: 6, measurements: 4 }),
 * })
 * ```
 */
export function spen<P, F = readonly DenseParams[]>(
  options: SpenOptions<P, F>,
): EnergyNetwork<SpenParams<P, F>, Tensor, Tensor> {
  const { network, labelEnergy } = options
  const domain = box([network.outputs])
  return {
    // Without a label energy there is nothing of its parameters' type, and nothing that reads it.
    init: (random) =>
      ({
        ...network.init(random),
        label: labelEnergy === undefined ? {} : labelEnergy.init(random),
      }) as never,
    encode: (params, x, noise) => network.apply(params, x, noise),
    energy(params, logits, y) {
      const local = localEnergy(logits, y)
      return labelEnergy === undefined ? local : add(local, labelEnergy.energy(params.label, y))
    },
    domain: () => domain,
  }
}
