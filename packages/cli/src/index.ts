/**
 * The deepstruct command.
 * @packageDocumentation
 */
export {}
