/**
 * Contract suites, the enumeration oracle and gradient checks.
 * @packageDocumentation
 */
export {}
