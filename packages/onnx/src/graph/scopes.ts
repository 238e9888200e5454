import type { Body, Node, Value } from './value.ts'

/** Where the nodes of a graph belong: outside of all loops, or in the body of one. */
export interface Scopes {
  /** The nodes that the outputs need. */
  readonly needed: ReadonlySet<Node>
  /** The nodes outside of all loops, in order. */
  readonly outside: readonly Node[]
  /** The nodes of a loop's body, in order. */
  inside(body: Body): readonly Node[]
}

/**
 * Finds the nodes that outputs need, and how far out each can be computed: a node whose operands do not change from step to step is moved out of
 * the loop.
 *
 * @param nodes - all nodes, operands before their uses
 * @param outputs - what is wanted
 */
export function scopesOf(nodes: Iterable<Node>, outputs: readonly Value[]): Scopes {
  const needed = neededNodes(outputs)
  const bodies = new Map<Value, Body>()
  for (const { body } of needed) for (const input of body?.inputs ?? []) bodies.set(input, body!)
  const began = new Map<Body, number>()
  const carriedBy = new Map<Node, ReadonlySet<Body>>()
  const carriers = (value: Value | undefined): Iterable<Body> => {
    if (value === undefined) return []
    if (value.source.kind === 'node') return carriedBy.get(value.source.node) ?? []
    const body = bodies.get(value)
    return body === undefined ? [] : [body]
  }
  const outside: Node[] = []
  const inside = new Map<Body, Node[]>()
  const ordered = [...nodes].filter((node) => needed.has(node))
  // A body's loop is made after its nodes, so an inner loop is made before the outer one.
  for (const node of ordered.toReversed())
    if (node.body !== undefined) began.set(node.body, began.size)
  for (const node of ordered) {
    const around = new Set(node.inputs.flatMap((input) => [...carriers(input)]))
    for (const output of node.body?.outputs ?? [])
      for (const body of carriers(output)) if (body !== node.body) around.add(body)
    carriedBy.set(node, around)
    const innermost = [...around].toSorted((a, b) => began.get(b)! - began.get(a)!)[0]
    if (innermost === undefined) outside.push(node)
    else if (inside.get(innermost)?.push(node) === undefined) inside.set(innermost, [node])
  }
  return { needed, outside, inside: (body) => inside.get(body) ?? [] }
}

/** The nodes that the outputs of a graph need, in order. */
export function neededInOrder({
  nodes,
  outputs,
}: {
  readonly nodes: readonly Node[]
  readonly outputs: readonly Value[]
}): readonly Node[] {
  const needed = neededNodes(outputs)
  return nodes.filter((node) => needed.has(node))
}

function neededNodes(outputs: readonly Value[]): ReadonlySet<Node> {
  const needed = new Set<Node>()
  const open: (Value | undefined)[] = [...outputs]
  for (let value = open.pop(); value !== undefined || open.length > 0; value = open.pop()) {
    if (value?.source.kind !== 'node' || needed.has(value.source.node)) continue
    const { node } = value.source
    needed.add(node)
    open.push(...node.inputs, ...(node.body?.outputs ?? []))
  }
  return needed
}
