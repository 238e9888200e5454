/**
 * The laws that every model family keeps.
 * @packageDocumentation
 */
export { familyContract, type FamilyContract } from './family-contract.ts'
