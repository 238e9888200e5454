import { type Input, sizeOf } from '@deepstruct/tensor'
import { loadGradients } from '@deepstruct/tensor/engine'
import { argumentsOf } from './arguments.ts'
import { scopesOf } from './graph/scopes.ts'
import type { Node } from './graph/value.ts'
import { noHandles } from './held.ts'
import { trace } from './trace/trace.ts'

/**
 * Says in words what a function becomes: the nodes of its graph by operator, and its largest intermediate arrays.
 *
 * @param fn - a function as for `jit`
 * @param args - plain arrays and numbers, for their shapes
 *
 * @example
 * ```ts
 * import { filled, matMul, type Tensor } from '@deepstruct/tensor'
 * import { explain } from '@deepstruct/onnx'
 *
 * const double = (a: Tensor): Tensor => matMul(a, a)
 * await explain(double, [filled([2, 2], 1)]) // 'double: 1 node, …'
 * ```
 */
export async function explain<A extends readonly unknown[]>(
  fn: (...args: A) => unknown,
  args: { readonly [I in keyof A]: Input<A[I]> },
): Promise<string> {
  await loadGradients()
  const program = { name: fn.name || 'jit', fn, keep: [], donate: [], split: [] }
  const { arrays, rebuild } = argumentsOf(program, args, noHandles)
  const { nodes, outputs } = trace(program, arrays, rebuild)
  const scopes = scopesOf(nodes, outputs)
  const lines: string[] = []
  const describe = (title: string, part: readonly Node[], indent: string): void => {
    lines.push(`${indent}${title}: ${part.length} ${part.length === 1 ? 'node' : 'nodes'}`)
    for (const [op, count] of countsOf(part)) lines.push(`${indent}  ${count} × ${op}`)
    for (const { body } of part)
      if (body !== undefined) describe('loop', scopes.inside(body), `${indent}  `)
  }
  describe(program.name, scopes.outside, '')
  lines.push('largest arrays:')
  for (const { op, shape, dtype } of largestArrays(nodes))
    lines.push(`  ${dtype}[${shape.join(', ')}] by ${op}`)
  return lines.join('\n')
}

function countsOf(nodes: readonly Node[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>()
  for (const { op } of nodes) counts.set(op, (counts.get(op) ?? 0) + 1)
  return [...counts].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
}

function largestArrays(
  nodes: readonly Node[],
): readonly { op: string; shape: readonly number[]; dtype: string }[] {
  return nodes
    .flatMap(({ op, outputs }) => outputs.map(({ shape, dtype }) => ({ op, shape, dtype })))
    .toSorted((a, b) => sizeOf(b.shape) - sizeOf(a.shape))
    .slice(0, 5)
}
