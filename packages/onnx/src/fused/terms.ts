import type { Instruction } from './wasm-binary.ts'

/** What a kernel computes for four elements at once: numbers, or truth values as all bits of a lane. */
export type Term = {
  /** Whether it differs from element to element. */
  readonly varies: boolean
} & (
  | { readonly kind: 'array' | 'scalar'; readonly index: number }
  | { readonly kind: 'constant'; readonly element: number | boolean }
  | {
      readonly kind: 'applied'
      readonly instruction: Instruction
      readonly operands: readonly Term[]
    }
)

/** Makes terms; equal ones are one object. */
export interface Terms {
  /** The elements of an array. */
  array(index: number): Term
  /** A scalar in each lane. */
  scalar(index: number): Term
  /** A number, rounded to 32 bits, or a truth value in each lane. */
  constant(element: number | boolean): Term
  /** An instruction without immediates that takes vectors and gives one. */
  apply(instruction: Instruction, ...operands: readonly Term[]): Term
}

/** No terms yet. */
export function createTerms(): Terms {
  const known = new Map<string, Term>()
  const ids = new Map<Term, number>()
  const shared = (key: string, term: Term): Term => {
    const same = known.get(key)
    if (same !== undefined) return same
    known.set(key, term)
    ids.set(term, ids.size)
    return term
  }
  return {
    array: (index) => shared(`array ${index}`, { kind: 'array', index, varies: true }),
    scalar: (index) => shared(`scalar ${index}`, { kind: 'scalar', index, varies: false }),
    constant(wanted) {
      const element = typeof wanted === 'number' ? Math.fround(wanted) : wanted
      const key = `constant ${Object.is(element, -0) ? '-0' : element}`
      return shared(key, { kind: 'constant', element, varies: false })
    },
    apply: (instruction, ...operands) =>
      shared(`${instruction} ${operands.map((operand) => ids.get(operand)).join()}`, {
        kind: 'applied',
        instruction,
        operands,
        varies: operands.some(({ varies }) => varies),
      }),
  }
}

/** All terms that some need, operands before their uses, with the number of their uses. */
export function usesOf(wanted: readonly Term[]): ReadonlyMap<Term, number> {
  const uses = new Map<Term, number>()
  const visit = (term: Term): void => {
    const before = uses.get(term)
    if (before === undefined && term.kind === 'applied') term.operands.forEach(visit)
    uses.set(term, (before ?? 0) + 1)
  }
  wanted.forEach(visit)
  return uses
}
