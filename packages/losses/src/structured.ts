import { add, expandDims, logSumExp, mul, relu, sub, type Tensor } from '@deepstruct/tensor'
import { countedPart, type LossOptions, reduceRows, requireRank, requireSame } from './reduction.ts'

/** The energies that a structured loss compares; lower is better. */
export interface Energies {
  /** $E(x, y)$ of the true output, `[batch]`. */
  readonly energyTrue: Tensor
  /** $E(x, \hat y)$ of the output that inference found, `[batch]`. */
  readonly energyPredicted: Tensor
}

/** Energies with the cost of the predicted output. */
export interface CostedEnergies extends Energies {
  /** $\Delta(y, \hat y) \ge 0$, `[batch]`. */
  readonly taskLoss: Tensor
}

/** The options of {@link structuredHinge}. */
export interface StructuredHingeOptions extends LossOptions {
  /** How the cost enters: as the margin (the default), or as the scale of the violation. */
  readonly rescaling?: 'margin' | 'slack'
}

/**
 * The structured hinge (Tsochantaridis et al. 2005, section 2): the true output must lie below another by a margin that grows with
 * how wrong the other is.
 *
 * $$
 * \text{margin: } [\Delta(y, \hat y) - E(x, \hat y) + E(x, y)]_+ \qquad
 * \text{slack: } \Delta(y, \hat y)\,[1 - E(x, \hat y) + E(x, y)]_+
 * $$
 *
 * It is the loss of the structured SVM when $\hat y$ maximizes it; that is cost-augmented inference.
 *
 * @param energies - of the true and the predicted output, with the cost; each `[batch]`
 * @param options - reduction, mask, rescaling
 * @returns a scalar, or `[batch]` without reduction
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ
 *
 * @example
 * ```ts
 * import { structuredHinge } from '@deepstruct/losses'
 * import { array, jit, type Tensor } from '@deepstruct/tensor'
 *
 * const loss = jit((energyTrue: Tensor, energyPredicted: Tensor, taskLoss: Tensor) =>
 *   structuredHinge({ energyTrue, energyPredicted, taskLoss }),
 * )
 * await loss(array([-3]), array([-2]), array([2])) // 2 - (-2) + (-3) = 1
 * ```
 */
export function structuredHinge(
  energies: CostedEnergies,
  options: StructuredHingeOptions = {},
): Tensor {
  const gap = energyGap('structuredHinge', energies, options)
  requireSame('structuredHinge', 'taskLoss', energies.taskLoss, gap.shape, 'energyTrue')
  const cost = countedPart('structuredHinge', energies.taskLoss, options)
  const rows = options.rescaling === 'slack' ? mul(cost, relu(add(1, gap))) : relu(add(cost, gap))
  return reduceRows('structuredHinge', rows, options)
}

/**
 * The structured perceptron (Collins 2002): the hinge without a margin.
 *
 * $$
 * [E(x, y) - E(x, \hat y)]_+
 * $$
 *
 * @param energies - of the true and the predicted output, each `[batch]`
 * @param options - reduction, mask
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ
 *
 * @example
 * ```ts
 * import { structuredPerceptron } from '@deepstruct/losses'
 * import { array, jit } from '@deepstruct/tensor'
 *
 * await jit(structuredPerceptron)({ energyTrue: array([1]), energyPredicted: array([0.5]) }, {}) // 0.5
 * ```
 */
export function structuredPerceptron(energies: Energies, options: LossOptions = {}): Tensor {
  const gap = energyGap('structuredPerceptron', energies, options)
  return reduceRows('structuredPerceptron', relu(gap), options)
}

/**
 * The contrastive hinge with one margin for all outputs (LeCun et al. 2006, section 2.2.3; Tu and Gimpel 2018, section 3).
 *
 * $$
 * [1 - E(x, \hat y) + E(x, y)]_+
 * $$
 *
 * @param energies - of the true and the predicted output, each `[batch]`
 * @param options - reduction, mask
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ
 *
 * @example
 * ```ts
 * import { contrastive } from '@deepstruct/losses'
 * import { array, jit } from '@deepstruct/tensor'
 *
 * await jit(contrastive)({ energyTrue: array([1]), energyPredicted: array([0.5]) }, {}) // 1 - 0.5 + 1 = 1.5
 * ```
 */
export function contrastive(energies: Energies, options: LossOptions = {}): Tensor {
  const gap = energyGap('contrastive', energies, options)
  return reduceRows('contrastive', relu(add(1, gap)), options)
}

/**
 * The softmax margin (Gimpel and Smith 2010, section 4): the smooth form of the structured hinge, over all outputs.
 *
 * $$
 * E(x, y) + \log \sum_{\hat y} e^{\Delta(y, \hat y) - E(x, \hat y)}
 * $$
 *
 * It bounds the structured hinge from above.
 *
 * @param energyTrue - $E(x, y)$, `[batch]`
 * @param energies - $E(x, \hat y)$ of every output, the true one among them, `[batch, structures]`
 * @param taskLosses - $\Delta(y, \hat y)$ of every output, of the same shape
 * @param options - reduction, mask
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes do not belong together
 *
 * @example
 * ```ts
 * import { softmaxMargin } from '@deepstruct/losses'
 * import { array, jit } from '@deepstruct/tensor'
 *
 * await jit(softmaxMargin)(array([-1]), array([[-1, 0]]), array([[0, 1]]), {}) // -1 + log(e + e) = 0.69
 * ```
 */
export function softmaxMargin(
  energyTrue: Tensor,
  energies: Tensor,
  taskLosses: Tensor,
  options: LossOptions = {},
): Tensor {
  requireRank('softmaxMargin', 'energies', energies, ['batch', 'structures'])
  requireSame(
    'softmaxMargin',
    'energyTrue',
    energyTrue,
    energies.shape.slice(0, 1),
    'the rows of energies',
  )
  requireSame('softmaxMargin', 'taskLosses', taskLosses, energies.shape, 'energies')
  const own = expandDims(countedPart('softmaxMargin', energyTrue, options), 1)
  const others = countedPart('softmaxMargin', energies, options)
  const costs = countedPart('softmaxMargin', taskLosses, options)
  // Energies are subtracted first: the loss may be much smaller than they are.
  const rows = logSumExp(add(costs, sub(own, others)), 1)
  return reduceRows('softmaxMargin', rows, options)
}

function energyGap(
  name: string,
  { energyTrue, energyPredicted }: Energies,
  options: LossOptions,
): Tensor {
  requireRank(name, 'energyTrue', energyTrue, ['batch'])
  requireSame(name, 'energyPredicted', energyPredicted, energyTrue.shape, 'energyTrue')
  return sub(countedPart(name, energyTrue, options), countedPart(name, energyPredicted, options))
}
