/**
 * Surrogate losses and task losses for structured prediction.
 * @packageDocumentation
 */
export {
  discriminatorLoss,
  type DiscriminatorLossOptions,
  generatorLoss,
  type GeneratorLossOptions,
} from './adversarial.ts'
export { binaryHinge, type BinaryHingeOptions } from './binary-hinge.ts'
export {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  crossEntropyWithLogits,
  klDivergence,
  smallestProbability,
} from './cross-entropy.ts'
export { dice, type DiceOptions } from './dice.ts'
export { crammerSinger, type MulticlassHingeOptions, westonWatkins } from './multiclass-hinge.ts'
export type { LossOptions, Reduction } from './reduction.ts'
export { squaredError } from './squared-error.ts'
export {
  contrastive,
  type CostedEnergies,
  type Energies,
  softmaxMargin,
  structuredHinge,
  type StructuredHingeOptions,
  structuredPerceptron,
} from './structured.ts'
export { hamming, normalizedHamming } from './task-loss/hamming.ts'
export { oneMinusF1, oneMinusIoU } from './task-loss/overlap.ts'
export { squared } from './task-loss/squared.ts'
export type { TaskLoss } from './task-loss/task-loss.ts'
export { wrongTags } from './task-loss/wrong-tags.ts'
export { valueCrossEntropy, valueCrossEntropyWithLogits } from './value.ts'
