/**
 * Feature networks as pure functions of their parameters.
 * @packageDocumentation
 */
export {}
