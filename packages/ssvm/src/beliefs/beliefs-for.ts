import type { LabelGraphKind } from '../labels/label-graph.ts'
import { ENUMERATED_LABELS, enumeratedBeliefs } from './enumerated-beliefs.ts'
import { independentBeliefs } from './independent-beliefs.ts'
import type { BeliefSolver } from './label-beliefs.ts'
import { relaxedBeliefs } from './relaxed-beliefs.ts'
import { treeBeliefs } from './tree-beliefs.ts'

/** The solver that is exact for a graph where there is one, else an approximate one. */
export function beliefsFor(kind: LabelGraphKind, labels: number): BeliefSolver {
  if (kind === 'unary') return independentBeliefs
  if (kind === 'tree') return treeBeliefs
  return isExact(kind, labels) ? enumeratedBeliefs : relaxedBeliefs()
}

/** Whether {@link beliefsFor} is exact. */
export function isExact(kind: LabelGraphKind, labels: number): boolean {
  return kind !== 'full' || labels <= ENUMERATED_LABELS
}
