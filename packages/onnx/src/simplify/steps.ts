import type { Graph } from '../graph/graph.ts'
import { computedBy, type Node, repeatedElement, type Value, varies } from '../graph/value.ts'
import { type Application, sameShape } from './application.ts'

/**
 * A step along a gradient of which a part is a matrix product: $y - \eta (A B + \sum_i c_i z_i)$ is the product added to the sum of the rest, in one
 * pass over the elements. What of the rest does not change from step to step of a loop is summed outside of it, and what occurs twice is one.
 */
export function joinSteps(graph: Graph, { op, inputs, type }: Application): Value | undefined {
  if (op !== 'Sub' && op !== 'Add') return undefined
  const [from, step] = inputs as [Value, Value]
  const scaled = computedBy(step, 'Mul')
  const size = repeatedElement(scaled?.inputs[1])
  if (scaled === undefined || size === undefined || type.shape.length !== 2) return undefined
  const direction = scaled.inputs[0]!
  if (graph.uses(step) > 0 || graph.uses(direction) > 1) return undefined
  if (!sameShape(from.shape, type.shape) || !sameShape(direction.shape, type.shape))
    return undefined
  const signed = op === 'Sub' ? -size : size
  const along = termsOf(graph, direction, signed)
  // What is needed elsewhere, or at each step of a loop, is better computed once.
  const product = along.find(
    ({ value }) =>
      plainProduct(value) && graph.uses(value) <= 1 && (varies(value) || !varies(from)),
  )
  if (product === undefined) return undefined
  const others = along.filter((term) => term !== product)
  const rest = merged([{ value: from, factor: 1 }, ...others])
  const changes = (value: Value): boolean => varies(value) === varies(from)
  const fixed = rest.filter(({ value }) => !changes(value))
  const addend = [...rest.filter(({ value }) => changes(value)), ...asOne(graph, fixed)]
  const { inputs: factors, attributes } = plainProduct(product.value)!
  return graph.node('Gemm', [...factors, combined(graph, addend)], type, {
    ...attributes,
    alpha: { float: product.factor },
  })
}

/** A multiple of a value. */
interface Term {
  readonly value: Value
  readonly factor: number
}

/** A value as a sum of multiples of others of its shape. */
function termsOf(graph: Graph, value: Value, factor: number): readonly Term[] {
  if (value.source.kind !== 'node') return [{ value, factor }]
  const { op, inputs } = value.source.node
  const [a, b] = inputs
  const scale = op === 'Mul' ? repeatedElement(b) : op === 'Neg' ? -1 : undefined
  if (scale !== undefined && a && sameShape(a.shape, value.shape))
    return termsOf(graph, a, factor * scale)
  if ((op !== 'Add' && op !== 'Sub') || !a || !b) return [{ value, factor }]
  // A sum that is needed elsewhere is there anyway, but what changes in it may be alone.
  const open = graph.uses(value) <= 1 || varies(a) !== varies(b)
  if (!open || !sameShape(a.shape, value.shape) || !sameShape(b.shape, value.shape))
    return [{ value, factor }]
  return [...termsOf(graph, a, factor), ...termsOf(graph, b, op === 'Sub' ? -factor : factor)]
}

/** The node of a matrix product to which nothing is added yet. */
function plainProduct(value: Value): Node | undefined {
  const product = computedBy(value, 'Gemm') ?? computedBy(value, 'MatMul')
  const plain =
    product?.inputs.length === 2 && product.inputs.every((factor) => factor!.shape.length === 2)
  return plain ? product : undefined
}

function merged(terms: readonly Term[]): readonly Term[] {
  const factors = new Map<Value, number>()
  for (const { value, factor } of terms) factors.set(value, (factors.get(value) ?? 0) + factor)
  return [...factors].map(([value, factor]) => ({ value, factor: Math.fround(factor) }))
}

function asOne(graph: Graph, terms: readonly Term[]): readonly Term[] {
  return terms.length === 0 ? [] : [{ value: combined(graph, terms), factor: 1 }]
}

/** The sum of terms, at least one. */
function combined(graph: Graph, [first, ...further]: readonly Term[]): Value {
  const { value } = first!
  const multiple = (of: Value, factor: number): Value =>
    graph.node('Mul', [of, graph.fill(factor, [], of.dtype)], of)
  return further.reduce(
    (sum, term) =>
      graph.node(
        term.factor < 0 ? 'Sub' : 'Add',
        [sum, multiple(term.value, Math.abs(term.factor))],
        sum,
      ),
    multiple(value, first!.factor),
  )
}
