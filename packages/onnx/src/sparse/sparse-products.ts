import { createGraph } from '../graph/graph.ts'
import { neededInOrder } from '../graph/scopes.ts'
import { computedBy, type Node, type Value } from '../graph/value.ts'
import { outputsOf, type Trace } from '../trace/trace.ts'

/** A product of a matrix that is mostly zero with another one, both arguments. It is computed before the graph, from the elements that are not zero. */
export interface SparseProduct {
  /** The first matrix, by its position among the leaves; it has a row for each example. */
  readonly sparse: number
  /** Numbers that its elements are multiplied by first, for example a dropout mask. */
  readonly factor?: number
  /** The second matrix. */
  readonly dense: number
}

/** The gradient of a product with respect to the second matrix: $A^\top D$ with $A$ the first one, and $D$ what the graph computes. */
export interface SparseGradient {
  /** Which of the sums over rows it is. */
  readonly sum: number
  /** Whose. */
  readonly product: number
}

/** The first factor of products, and where it comes from. */
interface Operand {
  readonly value: Value
  readonly sparse: number
  readonly factor?: number
}

/**
 * Finds the products of these matrices with other arguments, where they are used for nothing else than such products and their gradients. Without
 * gradients there are none: a dense product alone is over before the elements that are not zero are found.
 *
 * @param traced - the function
 * @param sparse - the positions of the matrices
 * @param rows - the positions of all arguments that have rows
 */
export function sparseProducts(
  traced: Trace,
  sparse: readonly number[],
  rows: ReadonlySet<number>,
): readonly SparseProduct[] {
  const needed = neededInOrder(traced)
  const usesOf = (value: Value): readonly Node[] =>
    needed.filter(({ inputs, body }) => inputs.includes(value) || body?.outputs.includes(value))
  const positionOf = (value: Value | undefined): number => traced.inputs.indexOf(value!)
  return sparse.flatMap((position) => {
    const operand = operandOf(traced.inputs[position]!, position, usesOf, (value) => {
      const factor = positionOf(value)
      return rows.has(factor) ? factor : undefined
    })
    const products = usesOf(operand.value).map((node): SparseProduct | 'gradient' | undefined => {
      if (isGradient(traced, operand.value, node)) return 'gradient'
      const [a, b] = node.inputs
      const dense = positionOf(b)
      if (node.op !== 'MatMul' || a !== operand.value || dense < 0 || rows.has(dense))
        return undefined
      const { value: _, ...places } = operand
      return { ...places, dense }
    })
    if (products.includes(undefined) || !products.includes('gradient')) return []
    return products.filter((product) => typeof product === 'object')
  })
}

/** An argument, or its product with another one where it is used for nothing else. */
function operandOf(
  value: Value,
  sparse: number,
  usesOf: (value: Value) => readonly Node[],
  factorOf: (value: Value | undefined) => number | undefined,
): Operand {
  const [use, ...others] = usesOf(value)
  if (use?.op !== 'Mul' || others.length > 0) return { value, sparse }
  const other = use.inputs.find((input) => input !== value)
  const factor = factorOf(other)
  return factor === undefined || other?.shape.join() !== value.shape.join()
    ? { value, sparse }
    : { value: use.outputs[0]!, sparse, factor }
}

/** Whether a node is the product of a transposed matrix with something, and a sum over rows. */
function isGradient({ cut, outputs, results }: Trace, matrix: Value, node: Node): boolean {
  const { op, inputs, attributes } = node
  const [result] = node.outputs
  return (
    op === 'Gemm' &&
    attributes['transA'] === 1 &&
    attributes['transB'] !== 1 &&
    inputs[0] === matrix &&
    inputs[1] !== matrix &&
    inputs[2] === undefined &&
    cut?.sums.includes(result!) === true &&
    outputs.includes(result!) &&
    !results.includes(result!)
  )
}

/** A trace without some products. */
export interface WithoutProducts<T extends Trace> {
  /** What is left. Among its sums, what a gradient is computed of stands in the place of the gradient. */
  readonly traced: T
  /** The gradients. */
  readonly gradients: readonly SparseGradient[]
}

/**
 * Takes products out of a graph: they are arguments now.
 *
 * @param traced - the function, with an argument for each product at the end
 * @param products - which, as {@link sparseProducts} found them
 */
export function withoutProducts<T extends Trace>(
  traced: T,
  products: readonly SparseProduct[] = [],
): WithoutProducts<T> {
  if (products.length === 0) return { traced, gradients: [] }
  const first = traced.inputs.length - products.length
  const needed = neededInOrder(traced)
  const renewed = new Map<Value, Value>()
  const now = (value: Value): Value => renewed.get(value) ?? value
  const graph = createGraph()
  const isOperand = (value: Value | undefined, { sparse, factor }: SparseProduct): boolean => {
    const matrix = traced.inputs[sparse]
    if (factor === undefined) return value === matrix
    const inputs = computedBy(value, 'Mul')?.inputs ?? []
    return inputs.includes(matrix) && inputs.includes(traced.inputs[factor])
  }
  const gradients: SparseGradient[] = []
  const sums = [...(traced.cut?.sums ?? [])]
  for (const node of needed) {
    const [a, b] = node.inputs
    const product = products.findIndex(
      (each) => node.op === 'MatMul' && isOperand(a, each) && b === traced.inputs[each.dense],
    )
    if (product >= 0) {
      renewed.set(node.outputs[0]!, traced.inputs[first + product]!)
      continue
    }
    const of = products.findIndex((each) => isOperand(a, each) && isGradient(traced, a!, node))
    if (of >= 0) {
      const sum = traced.cut!.sums.indexOf(node.outputs[0]!)
      gradients.push({ sum, product: of })
      sums[sum] = b!
      continue
    }
    const body = node.body && { inputs: node.body.inputs, outputs: node.body.outputs.map(now) }
    const operands = node.inputs.map((input) => input && now(input))
    const outputs = graph.nodes(node.op, operands, node.outputs, node.attributes, body)
    for (const [i, output] of node.outputs.entries()) renewed.set(output, outputs[i]!)
  }
  const results = traced.results.map(now)
  const checks = traced.checks.map((check) => ({ ...check, flag: now(check.flag) }))
  const cut = traced.cut && { ...traced.cut, sums: sums.map(now) }
  return {
    traced: {
      ...traced,
      nodes: graph.nodesInOrder(),
      results,
      checks,
      outputs: outputsOf(results, checks, cut),
      ...(cut && { cut }),
    },
    gradients,
  }
}
