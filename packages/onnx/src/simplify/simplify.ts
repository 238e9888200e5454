import type { Graph } from '../graph/graph.ts'
import type { Attribute, Value, ValueType } from '../graph/value.ts'

/** An operator about to be applied. */
export interface Application {
  /** The operator. */
  readonly op: string
  /** Its operands. */
  readonly inputs: readonly (Value | undefined)[]
  /** What the result is like. */
  readonly type: ValueType
  /** Its settings. */
  readonly attributes: Readonly<Record<string, Attribute>>
}

/** A value that equals an application and costs less, if one of the rules knows one. */
export function simplify(_graph: Graph, _application: Application): Value | undefined {
  return undefined
}
