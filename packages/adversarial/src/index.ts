/**
 * Adversarial training for segmentation: a segmenter, and a discriminator of masks that it is trained against.
 * @packageDocumentation
 */
export {
  adversarialFamily,
  type AdversarialFamilyState,
  adversarialLearner,
  adversarialSettings,
  type AdversarialSettings,
} from './adversarial-family.ts'
export {
  adversarialPhase,
  type AdversarialPhaseOptions,
  type AdversarialState,
  type AdversaryMoves,
} from './adversarial-phase.ts'
export {
  discriminatorStatus,
  type DiscriminatorStatus,
  discriminatorWarnings,
} from './discriminator-status.ts'
export {
  type DiscriminatorInput,
  type MaskDiscriminator,
  maskDiscriminator,
  type MaskDiscriminatorOptions,
  type MaskDiscriminatorParams,
} from './mask-discriminator.ts'
export { scaledTruth } from './scaled-truth.ts'
