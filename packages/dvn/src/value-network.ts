import type { EnergyNetwork } from '@deepstruct/inference'
import { neg, sigmoid, type Tensor } from '@deepstruct/tensor'
import type { FamilyValues, Labeled } from '@deepstruct/training'
import type { OracleValue } from './oracle-values.ts'

/**
 * A network that predicts what an output is worth, $v(x, y) = \sigma(z(x, y))$ (Gygli et al. 2017). It is an energy network with
 * $E = -v$, so every minimizer finds outputs of high value.
 *
 * `P` are the parameters, `F` is what {@link EnergyNetwork.encode} computes of an input.
 */
export interface ValueNetwork<P, F> extends EnergyNetwork<P, Tensor, F> {
  /** The logit of the value, $z(x, y)$, `[batch]`. */
  score(params: P, features: F, y: Tensor): Tensor
}

/** What {@link valueNetwork} makes a network of: all but the energy, which follows from the score. */
export type ValueNetworkParts<P, F> = Omit<ValueNetwork<P, F>, 'energy'>

/**
 * Makes a {@link ValueNetwork} of its score.
 *
 * $$
 * E(x, y) = -\sigma(z(x, y))
 * $$
 *
 * @param parts - parameters, features, score, domain; where inference starts
 */
export function valueNetwork<P, F>(parts: ValueNetworkParts<P, F>): ValueNetwork<P, F> {
  return {
    ...parts,
    energy: (params, features, y) => neg(sigmoid(parts.score(params, features, y))),
  }
}

/**
 * The same network with the energy $-z$ of its logit. The minima are the same; the gradient is not: that of the value vanishes where the
 * network is certain, that of the logit does not.
 */
export function onLogits<P, F>(network: ValueNetwork<P, F>): ValueNetwork<P, F> {
  return {
    ...network,
    energy: (params, features, y) => neg(network.score(params, features, y)),
  }
}

/**
 * What a network says that outputs are worth, beside what they are: for a curve that shows whether it can be believed.
 *
 * @param oracle - what outputs are worth
 * @returns a traceable function of parameters, examples and outputs
 */
export function valuesOf<P, F>(
  network: ValueNetwork<P, F>,
  oracle: OracleValue,
): (params: P, examples: Labeled, y: Tensor) => FamilyValues {
  return (params, { x, y: truth }, y) => ({
    predicted: sigmoid(network.score(params, network.encode(params, x), y)),
    actual: oracle(truth, y),
  })
}
