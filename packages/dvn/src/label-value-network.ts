import { box } from '@deepstruct/inference'
import {
  dense,
  type DenseParams,
  type Dense,
  heNormal,
  type WithOutput,
  type WithOutputParams,
} from '@deepstruct/networks'
import { add, dot, filled, reshape, type Tensor, zerosLike } from '@deepstruct/tensor'
import { type FeatureStatistics, standardizeFeatures } from './feature-statistics.ts'
import { type ValueNetwork, valueNetwork } from './value-network.ts'

/** The parameters of a {@link labelValueNetwork}; a type and no interface, so that it counts as a tree. */
export type LabelValueParams<F = readonly DenseParams[]> = WithOutputParams<F> & {
  /** What inputs are standardized by; it does not move. */
  readonly inputs: FeatureStatistics
  /** The layers of the global term, from $y$ to one number; the first kernel is $W^\top$, the last one $w$. */
  readonly global: readonly DenseParams[]
}

/** What a {@link labelValueNetwork} is. */
export interface LabelValueOptions<F = readonly DenseParams[]> {
  /** $u$: from features to one score for each label. */
  readonly network: WithOutput<F>
  /** The number of measurements, rows of $W$; default 16. */
  readonly measurements?: number
  /** Units of a second layer over the measurements; default none. */
  readonly secondLayer?: number
}

/**
 * A value network of label sets: what each label adds by itself, and a few measurements of all labels together (Gygli et al. 2017,
 * section 5.1).
 *
 * $$
 * z(x, y) = \langle y, u(x) \rangle + w^\top g(W y), \qquad v = \sigma(z)
 * $$
 *
 * $g$ is softplus; there are no intercepts. With a second layer the global term is $w^\top g(W_2\, g(W y))$. Inputs are standardized
 * inside, by statistics of the training data in `params.inputs`: replace the ones that `init` gives, which change nothing. Inference
 * starts at the empty set.
 *
 * @throws {@link @deepstruct/tensor!DomainError} when a number of units is no positive integer
 *
 * @example
 * ```ts
 * import { labelValueNetwork } from '@deepstruct/dvn'
 * import { energySolver, projectedGradient } from '@deepstruct/inference'
 * import { mlp } from '@deepstruct/networks'
 * import { filled, jit, random } from '@deepstruct/tensor'
 *
 * const network = labelValueNetwork({ network: mlp({ inputs: 20, hidden: [50], outputs: 6 }) })
 * const solve = jit(energySolver(network, projectedGradient({ steps: 20, stepSize: 0.5 })))
 * const { y, energy } = await solve(network.init(random(1)), filled([2, 20], 1)) // y: [2, 6], -energy is the value
 * ```
 */
export function labelValueNetwork<F = readonly DenseParams[]>(
  options: LabelValueOptions<F>,
): ValueNetwork<LabelValueParams<F>, Tensor> {
  const { network, measurements = 16, secondLayer } = options
  const labels = network.outputs
  const domain = box([labels])
  const sizes = [labels, measurements, ...(secondLayer === undefined ? [] : [secondLayer]), 1]
  const layers = sizes.slice(1).map((outputs, i): Dense =>
    dense({
      inputs: sizes[i]!,
      outputs,
      activation: i === sizes.length - 2 ? 'linear' : 'softplus',
      initializer: heNormal,
      bias: false,
    }),
  )
  return valueNetwork<LabelValueParams<F>, Tensor>({
    init: (random) => ({
      ...network.init(random),
      inputs: { mean: filled([network.inputs], 0), scale: filled([network.inputs], 1) },
      global: layers.map((layer) => layer.init(random)),
    }),
    encode: (params, x, noise) =>
      network.apply(params, standardizeFeatures(x, params.inputs), noise),
    score(params, u, y) {
      const measured = layers.reduce((h, layer, i) => layer.apply(params.global[i]!, h), y)
      return add(dot(u, y), reshape(measured, [-1]))
    },
    domain: () => domain,
    start: (_, u) => zerosLike(u),
  })
}
