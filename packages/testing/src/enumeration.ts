/** What enumeration finds. */
export interface Enumeration {
  /** The energy of each structure, in their order. */
  readonly energies: readonly number[]
  /** The least energy. */
  readonly minimum: number
  /** The structure that has it, the first one at a tie. */
  readonly minimizer: readonly number[]
}

/**
 * The oracle that approximate methods are checked against: computes the energy of every structure, in float64 on the host.
 *
 * @param structures - all of them, for instance {@link binaryStructures}
 * @param energy - lower is better; structures whose energy is not a number are passed over
 */
export function enumerate(
  structures: readonly (readonly number[])[],
  energy: (y: readonly number[]) => number,
): Enumeration {
  const energies = structures.map((structure) => energy(structure))
  let best = -1
  for (const [i, value] of energies.entries())
    if (!Number.isNaN(value) && (best < 0 || value < energies[best]!)) best = i
  return {
    energies,
    minimum: energies[best] ?? Number.NaN,
    minimizer: structures[best] ?? [],
  }
}

/** Every 0/1 vector of this length, in lexicographic order. */
export function binaryStructures(length: number): readonly (readonly number[])[] {
  return sequences(length, [[0], [1]])
}

/** Every choice of one class a position, as one-hot rows one after the other, in lexicographic order. */
export function oneHotStructures(
  positions: number,
  classes: number,
): readonly (readonly number[])[] {
  const code = (k: number): number[] => Array.from({ length: classes }, (_, j) => (j === k ? 1 : 0))
  return sequences(
    positions,
    Array.from({ length: classes }, (_, k) => code(k)),
  )
}

function sequences(
  length: number,
  symbols: readonly (readonly number[])[],
): readonly (readonly number[])[] {
  if (length === 0) return [[]]
  const shorter = sequences(length - 1, symbols)
  return symbols.flatMap((symbol) => shorter.map((rest) => [...symbol, ...rest]))
}
