/**
 * Metrics of multi-label, segmentation and ranking predictions on plain arrays.
 * @packageDocumentation
 */
export {}
