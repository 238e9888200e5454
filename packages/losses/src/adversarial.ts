import { add, fill, neg, sigmoidCrossEntropy, softplus, type Tensor } from '@deepstruct/tensor'
import { countedPart, type LossOptions, reduceRows, requireRank, requireSame } from './reduction.ts'

/** The options of {@link discriminatorLoss}. */
export interface DiscriminatorLossOptions extends LossOptions {
  /** The target for true examples, below 1 to keep the discriminator from certainty (Salimans et al. 2016, section 3.4); default 1. */
  readonly realTarget?: number
}

/** The options of {@link generatorLoss}. */
export interface GeneratorLossOptions extends LossOptions {
  /**
   * `'nonSaturating'` (the default) asks that made examples be taken for true; `'saturating'` asks that they not be recognized, which
   * has the same optimum and a vanishing gradient where the discriminator is sure.
   */
  readonly form?: 'nonSaturating' | 'saturating'
}

/**
 * The loss of a discriminator that tells true examples from made ones (Goodfellow et al. 2014, equation 1), on logits.
 *
 * $$
 * \text{BCE}(D(\text{true}), t) + \text{BCE}(D(\text{made}), 0)
 * $$
 *
 * @param realLogits - of true examples, `[batch]`
 * @param fakeLogits - of made examples, `[batch]`
 * @param options - reduction, mask, the target $t$
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ
 *
 * @example
 * ```ts
 * import { discriminatorLoss } from '@deepstruct/losses'
 * import { array, jit } from '@deepstruct/tensor'
 *
 * await jit(discriminatorLoss)(array([0, 0]), array([0, 0]), {}) // 2 log(2) = 1.39, of one that cannot tell
 * ```
 */
export function discriminatorLoss(
  realLogits: Tensor,
  fakeLogits: Tensor,
  options: DiscriminatorLossOptions = {},
): Tensor {
  requireRank('discriminatorLoss', 'realLogits', realLogits, ['batch'])
  requireSame('discriminatorLoss', 'fakeLogits', fakeLogits, realLogits.shape, 'realLogits')
  const { realTarget = 1 } = options
  const real = countedPart('discriminatorLoss', realLogits, options)
  const fake = countedPart('discriminatorLoss', fakeLogits, options)
  const ofReal = sigmoidCrossEntropy(fill(real.shape, realTarget), real)
  return reduceRows('discriminatorLoss', add(ofReal, softplus(fake)), options)
}

/**
 * The adversarial loss of what makes examples (Goodfellow et al. 2014, section 3; Luc et al. 2016, section 3.1), on logits.
 *
 * $$
 * \text{non-saturating: } \text{BCE}(D(\text{made}), 1) \qquad \text{saturating: } -\text{BCE}(D(\text{made}), 0)
 * $$
 *
 * @param fakeLogits - of made examples, `[batch]`
 * @param options - reduction, mask, form
 * @throws {@link @deepstruct/tensor!ShapeError} when the logits have more axes than the batch
 *
 * @example
 * ```ts
 * import { generatorLoss } from '@deepstruct/losses'
 * import { array, jit } from '@deepstruct/tensor'
 *
 * await jit(generatorLoss)(array([-1000]), {}) // 1000, with a gradient of -1
 * ```
 */
export function generatorLoss(fakeLogits: Tensor, options: GeneratorLossOptions = {}): Tensor {
  requireRank('generatorLoss', 'fakeLogits', fakeLogits, ['batch'])
  const fake = countedPart('generatorLoss', fakeLogits, options)
  const rows = options.form === 'saturating' ? neg(softplus(fake)) : softplus(neg(fake))
  return reduceRows('generatorLoss', rows, options)
}
