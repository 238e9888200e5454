import type { Graph } from '../graph/graph.ts'
import type { Value } from '../graph/value.ts'

/** The extent that a graph leaves open: its value at two traces, and how the graph finds it at run time. */
export interface FreeExtent {
  /** Its values at the two traces: primes, so that no other number is a multiple of one by chance. */
  readonly at: readonly [number, number]
  /** The extent as an int64 vector of one element. */
  readonly vector: Value
}

/** The free extent, read off an argument. */
export function freeExtent(
  graph: Graph,
  at: readonly [number, number],
  input: Value,
  axis: number,
): FreeExtent {
  const shape = graph.node('Shape', [input], { shape: [input.shape.length], dtype: 'int64' })
  const vector = graph.node('Slice', [shape, graph.integers([axis]), graph.integers([axis + 1])], {
    shape: [1],
    dtype: 'int64',
  })
  return { at, vector }
}

/** Whole numbers that were `first` and `second` at the two traces, as an int64 vector; nothing when it is not clear how they depend. */
export function dependentIntegers(
  graph: Graph,
  { at, vector }: FreeExtent,
  first: readonly number[],
  second: readonly number[],
): Value | undefined {
  if (first.length !== second.length) return undefined
  if (first.every((a, i) => a === second[i])) return graph.integers(first)
  const parts: Value[] = []
  for (const [i, a] of first.entries()) {
    const b = second[i]!
    if (a === b) {
      parts.push(graph.integers([a]))
      continue
    }
    const line = lineThrough(at, a, b)
    if (line === undefined) return undefined
    const type = { shape: [1], dtype: 'int64' } as const
    const multiple =
      line.slope === 1 ? vector : graph.node('Mul', [vector, graph.integers([line.slope])], type)
    parts.push(
      line.offset === 0
        ? multiple
        : graph.node('Add', [multiple, graph.integers([line.offset])], type),
    )
  }
  return parts.length === 1
    ? parts[0]
    : graph.node('Concat', parts, { shape: [parts.length], dtype: 'int64' }, { axis: 0 })
}

/** A number that was `first` and `second` at the two traces, as a scalar; nothing when it is not clear how it depends. */
export function dependentNumber(
  graph: Graph,
  { at, vector }: FreeExtent,
  first: number,
  second: number,
  dtype: 'float32' | 'int32',
): Value | undefined {
  const scalar = { shape: [], dtype } as const
  const extent = (): Value => {
    const number = graph.node(
      'Cast',
      [vector],
      { shape: [1], dtype },
      { to: dtype === 'float32' ? 1 : 6 },
    )
    return graph.node('Reshape', [number, graph.integers([])], scalar)
  }
  const factor = first / at[0]
  if (near(factor, second / at[1]) && (dtype === 'float32' || Number.isInteger(factor)))
    return graph.node('Mul', [extent(), graph.fill(factor, [], dtype)], scalar)
  const dividend = first * at[0]
  if (dtype === 'float32' && near(dividend, second * at[1]))
    return graph.node('Div', [graph.fill(Math.fround(dividend), []), extent()], scalar)
  return undefined
}

/** A multiple of the free extent, or one more or less. A wider range would pass off products of extents as multiples. */
function lineThrough(
  [p, q]: readonly [number, number],
  a: number,
  b: number,
): { readonly slope: number; readonly offset: number } | undefined {
  const slope = (b - a) / (q - p)
  const offset = a - slope * p
  return Number.isInteger(slope) && Math.abs(offset) <= 1 ? { slope, offset } : undefined
}

function near(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-6 * Math.abs(a)
}
