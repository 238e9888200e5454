import { sizeOf } from '@deepstruct/tensor'
import { createGraph } from '../graph/graph.ts'
import { scopesOf } from '../graph/scopes.ts'
import type { Value } from '../graph/value.ts'
import type { Trace } from '../trace/trace.ts'
import type { Place, UpdateContext } from './update-plan.ts'
import { wholeSum } from './whole-sum.ts'

/** What comes after the sums over rows, with what each worker contributes to a sum in place of the sum. */
export interface UpdateGraph {
  /** The results. */
  readonly results: readonly Value[]
  /** Where the numbers are that it begins with. */
  readonly places: ReadonlyMap<Value, Place>
  /** The sums that each worker contributes to, by their number of elements: first those over rows, then those over parameters. */
  readonly sums: readonly number[]
  /** What is added up in the sums over parameters. */
  readonly addends: readonly Addend[]
  /** Single numbers among the arguments, and their slots. */
  readonly scalars: readonly { readonly argument: number; readonly slot: number }[]
}

/** What a sum over parameters adds up. */
interface Addend {
  readonly operand: Value
  /** The position of the sum. */
  readonly sum: number
  /** How many sums over parameters come before it. */
  readonly level: number
}

/**
 * Writes what comes after the sums over rows as a graph of its own.
 *
 * @param trace - a trace that can be cut
 * @returns nothing where it looks at single rows, or repeats something
 */
export function updateGraph(
  trace: Trace,
  { workers, rows, donated, whole }: UpdateContext,
): UpdateGraph | undefined {
  const graph = createGraph()
  const renewed = new Map<Value, Value>()
  const places = new Map<Value, Place>()
  const levels = new Map<Value, number>()
  const sums: number[] = []
  const addends: Addend[] = []
  const scalars: { readonly argument: number; readonly slot: number }[] = []

  const levelOf = (value: Value): number => {
    let level = levels.get(value)
    if (level === undefined) {
      const inputs = value.source.kind === 'node' ? value.source.node.inputs : []
      level = Math.max(0, ...inputs.map((input) => (input === undefined ? 0 : levelOf(input))))
      levels.set(value, level)
    }
    return level
  }
  /** A sum of what some workers contribute, in a fixed order. */
  const total = ({ dtype, shape }: Value, level: number, contributors = workers): Value => {
    const sum = sums.push(sizeOf(shape)) - 1
    const parts = Array.from({ length: contributors }, (_, worker) => {
      const part = graph.input({ dtype, shape })
      places.set(part, { kind: 'sum', sum, worker })
      levels.set(part, level)
      return part
    })
    return parts.reduce((all, part) => graph.node('Add', [all, part], { dtype, shape }))
  }

  for (const [i, sum] of trace.cut!.totals.entries())
    renewed.set(sum, total(sum, 0, whole.has(i) ? 1 : workers))
  for (const [argument, input] of trace.inputs.entries()) {
    if (rows.has(argument)) continue
    const value = graph.input(input)
    renewed.set(input, value)
    if (sizeOf(input.shape) > 1 || donated.has(argument))
      places.set(value, { kind: 'argument', argument })
    else {
      const slot = scalars.length
      scalars.push({ argument, slot })
      places.set(value, { kind: 'slot', slot })
    }
  }
  const current = (value: Value | undefined): Value | undefined =>
    value && (renewed.get(value) ?? (value.source.kind === 'input' ? undefined : value))

  for (const node of scopesOf(trace.nodes, trace.results).outside) {
    const { op, inputs, outputs, attributes, body } = node
    const operands = inputs.map(current)
    if (body !== undefined || operands.some((operand, i) => inputs[i] && !operand)) return undefined
    const operand = wholeSum(graph, node, current)
    if (operand !== undefined) {
      const level = levelOf(operand)
      addends.push({ operand, sum: sums.length, level })
      renewed.set(outputs[0]!, total(outputs[0]!, level + 1))
      continue
    }
    const after =
      outputs.length === 1
        ? [graph.node(op, operands, outputs[0]!, attributes)]
        : graph.nodes(op, operands, outputs, attributes)
    for (const [i, output] of outputs.entries()) renewed.set(output, after[i]!)
  }
  const results = trace.results.map(current)
  return results.every((result) => result !== undefined)
    ? { results, places, sums, addends, scalars }
    : undefined
}
