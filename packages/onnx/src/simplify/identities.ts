import type { Graph } from '../graph/graph.ts'
import { computedBy, repeatedElement, type Value } from '../graph/value.ts'
import { type Application, sameShape } from './application.ts'

/** Arithmetic and logic with neutral elements, and what cancels. */
export function applyIdentities(
  graph: Graph,
  { op, inputs, type }: Application,
): Value | undefined {
  const [a, b, c] = inputs
  const [left, right] = [repeatedElement(a), repeatedElement(b)]
  /** The value itself, where it has the extents of the result. */
  const just = (x: Value | undefined): Value | undefined =>
    x !== undefined && sameShape(x.shape, type.shape) ? x : undefined
  const negated = (x: Value | undefined): Value | undefined => computedBy(x, 'Neg')?.inputs[0]
  switch (op) {
    case 'Add':
      if (right === 0) return just(a)
      if (left === 0) return just(b)
      if (negated(b)) return graph.node('Sub', [a, negated(b)], type)
      return negated(a) && graph.node('Sub', [b, negated(a)], type)
    case 'Sub':
      if (right === 0) return just(a)
      if (left === 0 && just(b)) return graph.node('Neg', [b], type)
      return negated(b) && graph.node('Add', [a, negated(b)], type)
    case 'Mul':
      // Constants stand on the right, so that they meet.
      if (left !== undefined && right === undefined) return graph.node('Mul', [b, a], type)
      if (right === 1) return just(a)
      if (right === -1 && just(a)) return graph.node('Neg', [a], type)
      return right === undefined || type.dtype !== 'float32' ? undefined : scaled(graph, a!, right)
    case 'Div':
      return right === 1 ? just(a) : undefined
    case 'Neg': {
      const product = computedBy(a, 'Mul')
      const factor = repeatedElement(product?.inputs[1])
      if (factor !== undefined)
        return graph.node('Mul', [product!.inputs[0], graph.fill(-factor, [], type.dtype)], type)
      return negated(a)
    }
    case 'Not':
      return computedBy(a, 'Not')?.inputs[0]
    case 'And':
      if (a === b) return a
      if (left === 1) return just(b)
      return right === 1 ? just(a) : undefined
    case 'Or':
      if (a === b) return a
      if (left === 0) return just(b)
      return right === 0 ? just(a) : undefined
    case 'Where':
      if (b === c) return just(b)
      return left === undefined ? undefined : just(left === 0 ? c : b)
    case 'GreaterOrEqual':
      // A truth value as a number is at least 1 where it is true.
      return right === 1 ? truth(a) : undefined
    case 'Greater':
      return right === 0 ? truth(a) : undefined
    default:
      return undefined
  }
}

/** A multiple of a multiple, or of something negated. */
function scaled(graph: Graph, x: Value, factor: number): Value | undefined {
  const product = computedBy(x, 'Mul')
  const inner = repeatedElement(product?.inputs[1])
  const of = computedBy(x, 'Neg')?.inputs[0]
  const both = inner === undefined ? -factor : Math.fround(inner * factor)
  const base = inner === undefined ? of : product!.inputs[0]
  // Products that leave the range of numbers stay as they were written.
  if (base === undefined || !Number.isFinite(both) || Math.abs(both) < 1e-30) return undefined
  return graph.node('Mul', [base, graph.fill(both, [], x.dtype)], x)
}

/** The truth value that a number was made of. */
function truth(x: Value | undefined): Value | undefined {
  const from = computedBy(x, 'Cast')?.inputs[0]
  return from?.dtype === 'bool' ? from : undefined
}
