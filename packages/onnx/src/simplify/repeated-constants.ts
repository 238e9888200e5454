import { sizeOf } from '@deepstruct/tensor'
import type { Graph } from '../graph/graph.ts'
import { type ElementType, repeatedElement, type Value } from '../graph/value.ts'
import type { Application } from './application.ts'
import { broadcastingOps, unaryOps } from './elementwise-ops.ts'

/** Operators that only move elements: of one repeated element they give the same. */
const moving = new Set(['Reshape', 'Transpose', 'Expand', 'Tile', 'Slice', 'Gather'])

/** Computes with constants that repeat one element. */
export function foldRepeated(graph: Graph, { op, inputs, type }: Application): Value | undefined {
  const elements = inputs.map(repeatedElement)
  const [first] = elements
  if (first === undefined) return undefined
  const give = (element: number): Value =>
    graph.fill(inType(element, type.dtype), type.shape, type.dtype)
  if (moving.has(op)) return give(first)
  if (op === 'Cast') return give(type.dtype === 'int32' ? Math.trunc(first) : first)
  if (op === 'Concat' && elements.every((element) => Object.is(element, first))) return give(first)
  if (op === 'ReduceSum') return give(first * (sizeOf(inputs[0]!.shape) / sizeOf(type.shape)))
  const compute = unaryOps[op] ?? broadcastingOps[op]
  if (compute === undefined || elements.includes(undefined)) return undefined
  const [, second = 0, third = 0] = elements
  return give(compute(first, second, third))
}

function inType(element: number, dtype: ElementType): number {
  if (dtype === 'float32') return Math.fround(element)
  return dtype === 'bool' ? Number(element !== 0) : element
}
