import { sizeOf } from '@deepstruct/tensor'
import { scopesOf, type Scopes } from './scopes.ts'
import type { Node, Value } from './value.ts'

/**
 * About how many multiplications and additions a graph takes, at the extents that it was traced with. Arrays of which each element is
 * looked at once count a few for each element, as memory is slower than arithmetic.
 */
export function costOf(nodes: readonly Node[], outputs: readonly Value[]): number {
  const scopes = scopesOf(nodes, outputs)
  return total(scopes.outside, scopes)
}

function total(nodes: readonly Node[], scopes: Scopes): number {
  return nodes.reduce((sum, node) => sum + costOfNode(node, scopes), 0)
}

/** A pass over memory takes as long as this many multiplications with additions in a matrix product. */
const perElement = 8

function costOfNode(node: Node, scopes: Scopes): number {
  const { op, inputs, outputs, attributes, body } = node
  const [a, b] = inputs
  const size = sizeOf(outputs[0]!.shape)
  switch (op) {
    case 'Loop':
      return a?.source.kind === 'fill' && body !== undefined
        ? a.source.element * total(scopes.inside(body), scopes)
        : 0
    case 'Scan':
      return inputs.at(-1)!.shape[0]! * total(scopes.inside(body!), scopes)
    case 'MatMul':
    case 'Gemm':
      return size * a!.shape.at(attributes['transA'] === 1 ? 0 : -1)!
    case 'Conv':
      return (size * sizeOf(b!.shape)) / b!.shape[0]!
    case 'ConvTranspose':
      return (sizeOf(a!.shape) * sizeOf(b!.shape)) / b!.shape[0]!
    case 'Reshape':
      return 0
    default:
      return perElement * Math.max(size, ...inputs.map((input) => sizeOf(input?.shape ?? [])))
  }
}
