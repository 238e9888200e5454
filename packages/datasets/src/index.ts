/**
 * Loaders of multi-label data sets and synthetic data with planted dependence.
 * @packageDocumentation
 */
export {}
