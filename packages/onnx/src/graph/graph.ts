import { sizeOf, type TypedArray } from '@deepstruct/tensor'
import { simplify } from '../simplify/simplify.ts'
import {
  type Attribute,
  type Body,
  type ElementType,
  type Node,
  type Value,
  type ValueType,
  varies,
} from './value.ts'

/** A graph under construction. Equal values are one value, and what is trivial is left out. */
export interface Graph {
  /** The extent that stands for an open one, so that what is chosen by size must not depend on it; nothing where none is open. */
  readonly open: number | undefined
  /** How many nodes were made so far. */
  readonly size: number
  /** How many nodes so far have this operand. */
  uses(value: Value): number
  /** All nodes, operands before their uses. */
  nodesInOrder(): readonly Node[]
  /** A value given from outside. */
  input(type: ValueType): Value
  /** A value that a loop carries from step to step, as its body sees it. */
  carried(type: ValueType): Value
  /** One element, repeated. */
  fill(element: number, shape: readonly number[], dtype?: ElementType): Value
  /** A short int64 vector. */
  integers(integers: readonly number[]): Value
  /** A constant that was made elsewhere; an equal one of this graph takes its place. */
  constant(value: Value): Value
  /** The result of an operator, or what equals it. */
  node(
    op: string,
    inputs: readonly (Value | undefined)[],
    type: ValueType,
    attributes?: Readonly<Record<string, Attribute>>,
  ): Value
  /** The results of an operator that has several. */
  nodes(
    op: string,
    inputs: readonly (Value | undefined)[],
    types: readonly ValueType[],
    attributes?: Readonly<Record<string, Attribute>>,
    body?: Body,
  ): readonly Value[]
}

/** An empty graph; `open` is the extent of its arguments that is to stay open. */
export function createGraph(open?: number): Graph {
  const ids = new Map<Value, number>()
  const known = new Map<string, Value>()
  const made = new Map<string, Node>()
  const uses = new Map<Value, number>()
  const idOf = (value: Value | undefined): number => {
    if (value === undefined) return -1
    let id = ids.get(value)
    if (id === undefined) ids.set(value, (id = ids.size))
    return id
  }
  const shared = (key: string, make: () => Value): Value => {
    let value = known.get(key)
    if (value === undefined) known.set(key, (value = make()))
    return value
  }

  const graph: Graph = {
    open,

    get size() {
      return made.size
    },

    uses: (value) => uses.get(value) ?? 0,

    nodesInOrder: () => [...made.values()],

    input: ({ dtype, shape }) => ({ dtype, shape, source: { kind: 'input', carried: false } }),

    carried: ({ dtype, shape }) => ({ dtype, shape, source: { kind: 'input', carried: true } }),

    fill: (element, shape, dtype = 'float32') =>
      shared(`${dtype} ${Object.is(element, -0) ? '-0' : element} [${shape.join()}]`, () =>
        fillOf(element, { shape, dtype }),
      ),

    integers: (integers) =>
      shared(`integers ${integers.join()}`, () => ({
        dtype: 'int64',
        shape: [integers.length],
        source: { kind: 'integers', integers },
      })),

    constant(value) {
      const { dtype, shape, source } = value
      if (source.kind === 'fill') return graph.fill(source.element, shape, dtype)
      if (source.kind === 'data' && source.data.length <= comparedElements)
        return shared(`${dtype} ${source.data.join()} [${shape.join()}]`, () => value)
      return value
    },

    node: (op, inputs, type, attributes = {}) =>
      simplify(graph, { op, inputs, type, attributes }) ??
      graph.nodes(op, inputs, [type], attributes)[0]!,

    nodes(op, inputs, types, attributes = {}, body) {
      const carried = body === undefined ? '' : bodyKey(body, idOf)
      const key = `${op} ${inputs.map(idOf).join()} ${JSON.stringify(attributes)}${carried}`
      let node = made.get(key)
      if (node === undefined) {
        const outputs: Value[] = []
        const changes = body !== undefined || inputs.some((input) => input && varies(input))
        node = { op, inputs, attributes, outputs, ...(body && { body }), varies: changes }
        for (const [output, { dtype, shape }] of types.entries())
          outputs.push({ dtype, shape, source: { kind: 'node', node, output } })
        made.set(key, node)
        for (const input of inputs) if (input) uses.set(input, graph.uses(input) + 1)
      }
      return node.outputs
    },
  }
  return graph
}

/** Constants up to this size are compared by their elements, larger ones by identity. */
const comparedElements = 32

function bodyKey({ inputs, outputs }: Body, idOf: (value: Value) => number): string {
  return ` (${inputs.map(idOf).join()}) => (${outputs.map(idOf).join()})`
}

/** A constant of one repeated element. */
function fillOf(element: number, { dtype, shape }: ValueType): Value {
  return { dtype, shape, source: { kind: 'fill', element } }
}

/** A constant of these elements. */
export function constantOf(data: TypedArray, { dtype, shape }: ValueType): Value {
  const first = data[0]
  const same = first !== undefined && data.every((element) => Object.is(element, first))
  return same && data.length === sizeOf(shape)
    ? fillOf(first, { dtype, shape })
    : { dtype, shape, source: { kind: 'data', data } }
}
