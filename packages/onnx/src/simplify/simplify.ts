import type { Graph } from '../graph/graph.ts'
import type { Value } from '../graph/value.ts'
import { joinSteps } from './steps.ts'
import type { Application, Simplification } from './application.ts'
import { applyIdentities } from './identities.ts'
import { simplifyConvolutions } from './convolutions.ts'
import { expandLate } from './late-expansion.ts'
import { transposeLate } from './late-transposition.ts'
import { simplifyProducts } from './products.ts'
import { joinRearrangements } from './rearrangements.ts'
import { foldRepeated } from './repeated-constants.ts'

const simplifications: readonly Simplification[] = [
  foldRepeated,
  expandLate,
  applyIdentities,
  joinRearrangements,
  simplifyProducts,
  joinSteps,
  transposeLate,
  simplifyConvolutions,
]

/** A value that equals an application and costs less, if one of the rules knows one. */
export function simplify(graph: Graph, application: Application): Value | undefined {
  for (const simplification of simplifications) {
    const simpler = simplification(graph, application)
    if (simpler !== undefined) return simpler
  }
  return undefined
}
