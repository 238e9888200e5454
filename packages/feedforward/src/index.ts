/**
 * Models without structure: the baselines that every family starts from.
 * @packageDocumentation
 */
export {}
