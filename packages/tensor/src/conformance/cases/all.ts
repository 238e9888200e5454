import type { OpCase } from '../op-case.ts'
import { algebraCases } from './algebra.ts'
import { arithmeticCases } from './arithmetic.ts'
import { comparisonCases } from './comparison.ts'
import { creationCases } from './creation.ts'
import { elementwiseCases } from './elementwise.ts'
import { pieceCases } from './pieces.ts'
import { reductionCases } from './reduction.ts'
import { shapeCases } from './shape.ts'

/** Every use of every op that the suite looks at. */
export const opCases: readonly OpCase[] = [
  ...creationCases,
  ...arithmeticCases,
  ...elementwiseCases,
  ...comparisonCases,
  ...reductionCases,
  ...shapeCases,
  ...pieceCases,
  ...algebraCases,
]
