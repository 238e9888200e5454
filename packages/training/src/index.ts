/**
 * The fit loop: batches, optimizers, early stopping, checkpoints and model files.
 * @packageDocumentation
 */
export {}
