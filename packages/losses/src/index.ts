/**
 * Surrogate losses and task losses for structured prediction.
 * @packageDocumentation
 */
export {}
