/**
 * Contract suites, the enumeration oracle and gradient checks.
 * @packageDocumentation
 */
export { binaryStructures, enumerate, type Enumeration, oneHotStructures } from './enumeration.ts'
export { checkGradient, type GradientCheckOptions } from './gradient-check.ts'
export {
  type ContractDomain,
  type ContractMinimizer,
  type ContractOptions,
  type ContractProblem,
  type ContractSolution,
  minimizerContract,
  type MinimizerContract,
} from './minimizer-contract.ts'
export {
  borderQuadratic,
  convexEnergies,
  convexMinimum,
  hostParams,
  type HostParams,
  hostProjectBox,
  hostProjectSimplex,
  interiorQuadratic,
  pairwise,
  paramRows,
  smallEnergies,
  type SmallEnergy,
  type SmallParams,
  softplusOfLinear,
  twoLayers,
} from './small-energies.ts'
