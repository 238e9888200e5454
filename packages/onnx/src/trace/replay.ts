import type { Graph } from '../graph/graph.ts'
import type { Node, Value } from '../graph/value.ts'

/**
 * Writes the nodes of a loop's body down once more for other carried values.
 *
 * @param nodes - the nodes of the body, operands before their uses
 * @param carried - the carried values that the nodes were made with
 * @param values - the values that they are now
 * @param outputs - what is wanted
 */
export function replay(
  graph: Graph,
  nodes: readonly Node[],
  carried: readonly Value[],
  values: readonly Value[],
  outputs: readonly Value[],
): readonly Value[] {
  const now = new Map(carried.map((value, i) => [value, values[i]!]))
  const current = (value: Value | undefined): Value | undefined =>
    value && (now.get(value) ?? value)
  for (const { op, inputs, outputs: before, attributes } of nodes) {
    // What does not depend on the carried values stays as it is.
    if (inputs.every((input) => input === undefined || !now.has(input))) continue
    const operands = inputs.map(current)
    const after =
      before.length === 1
        ? [graph.node(op, operands, before[0]!, attributes)]
        : graph.nodes(op, operands, before, attributes)
    for (const [i, value] of before.entries()) now.set(value, after[i]!)
  }
  return outputs.map((output) => current(output)!)
}
