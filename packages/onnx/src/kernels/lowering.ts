import type { Graph } from '../graph/graph.ts'
import type { Value } from '../graph/value.ts'

/** What a tfjs kernel becomes: values in, the value or values that the kernel would give. */
export type Lowering = (
  inputs: Readonly<Record<string, Value>>,
  attributes: unknown,
  graph: Graph,
) => Value | readonly Value[]

/** Lowering rules by the name of the tfjs kernel. */
export type Lowerings = Readonly<Record<string, Lowering>>

/** A rule for a kernel with these inputs and attributes; tfjs hands both over without types. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- names the type at each rule
export function lowering<Inputs extends string, Attributes = unknown>(
  rule: (
    inputs: Readonly<Record<Inputs, Value>>,
    attributes: Attributes,
    graph: Graph,
  ) => Value | readonly Value[],
): Lowering {
  return rule as Lowering
}
