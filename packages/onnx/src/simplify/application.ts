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

/** Knows a value that equals an application and costs less, or nothing. */
export type Simplification = (graph: Graph, application: Application) => Value | undefined

/** Whether two shapes are the same. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis])
}
