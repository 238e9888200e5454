import { createGraph, type Graph } from '../graph/graph.ts'
import { neededInOrder } from '../graph/scopes.ts'
import type { Body, Value } from '../graph/value.ts'
import { sameShape } from '../simplify/application.ts'
import { outputsOf, type Trace } from '../trace/trace.ts'
import { dependentIntegers, dependentNumber, type FreeExtent, freeExtent } from './free-extent.ts'

/**
 * Makes one graph of two traces of a function that differ in one extent of their arguments: the same nodes, with the constants that
 * differ computed from that extent.
 *
 * @param first - the trace at `at[0]`
 * @param second - the trace at `at[1]`
 * @param place - an argument and an axis that have this extent
 * @returns nothing where the function does something else at another extent
 */
export function generalize(
  first: Trace,
  second: Trace,
  at: readonly [number, number],
  place: { readonly input: number; readonly axis: number },
): Trace | undefined {
  const before = [neededInOrder(first), neededInOrder(second)] as const
  if (before[0].length !== before[1].length) return undefined
  const graph = createGraph()
  /** What of the second trace, and of the new graph, a value of the first one is. */
  const counterparts = new Map<Value, Value>()
  const renewed = new Map<Value, Value>()
  const pair = (a: Value, b: Value, is: Value): void => {
    counterparts.set(a, b)
    renewed.set(a, is)
  }
  for (const [i, input] of first.inputs.entries())
    pair(input, second.inputs[i]!, graph.input(input))
  const free = freeExtent(graph, at, renewed.get(first.inputs[place.input]!)!, place.axis)

  const joined = (a: Value, b: Value): Value | undefined => {
    if (counterparts.has(a)) return counterparts.get(a) === b ? renewed.get(a) : undefined
    // Carried values of a loop are met in its body first.
    if (a.source.kind === 'input' && b.source.kind === 'input' && a.dtype === b.dtype) {
      pair(a, b, graph.carried(a))
      return renewed.get(a)
    }
    return joinConstants(graph, free, a, b)
  }
  const joinedBody = (a: Body, b: Body): Body | undefined => {
    const inputs = a.inputs.map((input, i) => joined(input, b.inputs[i]!))
    const outputs = a.outputs.map((output, i) => joined(output, b.outputs[i]!))
    return complete(inputs) && complete(outputs) ? { inputs, outputs } : undefined
  }

  for (const [i, a] of before[0].entries()) {
    const b = before[1][i]!
    if (a.op !== b.op || a.inputs.length !== b.inputs.length) return undefined
    if (JSON.stringify(a.attributes) !== JSON.stringify(b.attributes)) return undefined
    const inputs: (Value | undefined)[] = []
    for (const [k, input] of a.inputs.entries()) {
      const other = b.inputs[k]
      if (input === undefined || other === undefined) {
        if (input !== other) return undefined
        inputs.push(undefined)
        continue
      }
      const both = joined(input, other)
      if (both === undefined) return undefined
      inputs.push(both)
    }
    const body = a.body && b.body && joinedBody(a.body, b.body)
    if (a.body !== undefined && body === undefined) return undefined
    const outputs = graph.nodes(a.op, inputs, a.outputs, a.attributes, body)
    for (const [k, output] of a.outputs.entries()) pair(output, b.outputs[k]!, outputs[k]!)
  }
  if (first.results.length !== second.results.length) return undefined
  if (first.checks.length !== second.checks.length) return undefined
  const results = first.results.map((result, i) => joined(result, second.results[i]!))
  const checks = first.checks.map(({ flag, error }, i) => {
    const both = joined(flag, second.checks[i]!.flag)
    return both && { flag: both, error }
  })
  const sums = first.cut?.sums.map((sum, i) => joined(sum, second.cut!.sums[i]!)) ?? []
  const totals = first.cut?.totals.map((total, i) => joined(total, second.cut!.totals[i]!)) ?? []
  if (!complete(results) || !complete(checks) || !complete(sums) || !complete(totals))
    return undefined
  const cut = first.cut && { sums, totals }
  return {
    inputs: first.inputs.map((input) => renewed.get(input)!),
    nodes: graph.nodesInOrder(),
    outputs: outputsOf(results, checks, cut),
    results,
    checks,
    ...(cut && { cut }),
    rebuild: first.rebuild,
  }
}

function complete<T>(list: readonly (T | undefined)[]): list is readonly T[] {
  return !list.includes(undefined)
}

/** A constant that may differ between the traces. */
function joinConstants(graph: Graph, free: FreeExtent, a: Value, b: Value): Value | undefined {
  if (a.dtype !== b.dtype || a.shape.length !== b.shape.length) return undefined
  const [one, two] = [a.source, b.source]
  if (one.kind === 'integers' && two.kind === 'integers')
    return dependentIntegers(graph, free, one.integers, two.integers)
  if (one.kind === 'fill' && two.kind === 'fill') {
    const { dtype } = a
    if (dtype === 'int64') return Object.is(one.element, two.element) ? a : undefined
    const element = Object.is(one.element, two.element)
      ? graph.fill(one.element, [], dtype)
      : dtype === 'bool'
        ? undefined
        : dependentNumber(graph, free, one.element, two.element, dtype)
    if (element === undefined || a.shape.length === 0) return element
    if (sameShape(a.shape, b.shape) && element.source.kind === 'fill')
      return graph.fill(one.element, a.shape, dtype)
    const shape = dependentIntegers(graph, free, a.shape, b.shape)
    return shape && graph.nodes('Expand', [element, shape], [a])[0]
  }
  if (one.kind !== 'data' || two.kind !== 'data') return undefined
  if (sameShape(a.shape, b.shape))
    return one.data === two.data || one.data.every((x, i) => Object.is(x, two.data[i]))
      ? graph.constant(a)
      : undefined
  return countsUp(one.data, free.at[0]) && countsUp(two.data, free.at[1]) && a.dtype === 'int32'
    ? positions(graph, free, a)
    : undefined
}

function countsUp(data: ArrayLike<number>, length: number): boolean {
  return data.length === length && Array.from(data).every((x, i) => x === i)
}

/** The int32 numbers from 0 to the free extent. */
function positions(graph: Graph, { vector }: FreeExtent, like: Value): Value {
  const end = graph.node('Reshape', [vector, graph.integers([])], { shape: [], dtype: 'int64' })
  const [from, step] = [graph.fill(0, [], 'int64'), graph.fill(1, [], 'int64')]
  const range = graph.node('Range', [from, end, step], { shape: like.shape, dtype: 'int64' })
  return graph.node('Cast', [range], like, { to: 6 })
}
