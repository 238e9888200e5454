/**
 * Energies, domains, minimizers and predictors.
 * @packageDocumentation
 */
export {}
