/**
 * Metrics of multi-label, segmentation, tagging and ranking predictions on plain arrays.
 * @packageDocumentation
 */
export { binarize } from './binarize.ts'
export { exampleF1 } from './example-f1.ts'
export { globalIoU } from './global-iou.ts'
export { hammingLoss } from './hamming-loss.ts'
export { macroF1 } from './macro-f1.ts'
export { meanIoU } from './mean-iou.ts'
export { microF1 } from './micro-f1.ts'
export {
  type AtThresholds,
  type MultilabelReport,
  multilabelReport,
  type ReportedF1,
  type ReportOptions,
} from './multilabel-report.ts'
export { type EmptyValue } from './overlap.ts'
export { perLabelF1 } from './per-label-f1.ts'
export { pixelAccuracy } from './pixel-accuracy.ts'
export { precisionAtK } from './precision-at-k.ts'
export {
  runningExampleF1,
  runningHammingLoss,
  runningMacroF1,
  runningMeanIoU,
  type RunningMetric,
  runningMicroF1,
  runningSubsetAccuracy,
  type RunningValue,
} from './running-metric.ts'
export { selectThreshold } from './select-threshold.ts'
export { subsetAccuracy } from './subset-accuracy.ts'
export { type TaggedTokens, taggedTokens } from './tagged-tokens.ts'
export { thresholdCurve, type ThresholdOptions, type ThresholdPoint } from './threshold-curve.ts'
export { tokenAccuracy } from './token-accuracy.ts'
