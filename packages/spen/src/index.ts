/**
 * Structured prediction energy networks.
 * @packageDocumentation
 */
export {}
