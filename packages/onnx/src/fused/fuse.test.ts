import { random, type Random } from '@deepstruct/tensor'
import { describe, expect, it } from 'vitest'
import { createGraph, type Graph } from '../graph/graph.ts'
import { type Node, repeatedElement, type Value } from '../graph/value.ts'
import { type AtOnePlace, broadcastingOps, unaryOps } from '../simplify/elementwise-ops.ts'
import { type Elementwise, fuse } from './fuse.ts'
import { instantiate, kernelMemory } from './instantiate.ts'

const numbers = (size: number): { shape: number[]; dtype: 'float32' } => ({
  shape: [size],
  dtype: 'float32',
})

/** What is no number, infinite, signed zero, tiny, halves; then random numbers. */
function elements(size: number, draw: Random): Float32Array {
  const special = [0, -0, 1, -1, 0.5, -2.5, 1.5, NaN, Infinity, -Infinity, 1e-42, -3e38]
  return Float32Array.from({ length: size }, () =>
    draw.uniform() < 0.3 ? special[draw.integer(special.length)]! : draw.normal() * 2,
  )
}

const operators: Readonly<Record<string, AtOnePlace | undefined>> = {
  ...unaryOps,
  ...broadcastingOps,
  Identity: (x) => x,
  Expand: (x) => x,
  Reshape: (x) => x,
  PRelu: (x, slope) => (x < 0 ? x * slope : x),
  // Of what is no number, 0.
  Sign: (x) => Number(x > 0) - Number(x < 0),
  Round: (x) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x)),
  IsInf: (x) => Number(Math.abs(x) === Infinity),
}

function atOnePlace({ op, inputs, outputs, attributes }: Node): AtOnePlace {
  if (op === 'LeakyRelu') {
    const { float } = attributes['alpha'] as { readonly float: number }
    return (x) => (x < 0 ? x * Math.fround(float) : x)
  }
  if (op === 'Cast') return outputs[0]!.dtype === 'bool' ? (x) => Number(x !== 0) : (x) => x
  // A bound that was left out is not read.
  if (op === 'Clip')
    return (x, least, most) => {
      const raised = inputs[1] === undefined ? x : Math.max(x, least)
      return inputs[2] === undefined ? raised : Math.min(raised, most)
    }
  if (inputs.length === 3 && op === 'Max') return Math.max
  return operators[op]!
}

/** What a value is when each operation on its own is rounded to 32 bits; a single number stands for all elements. */
function interpret(value: Value, given: Map<Value, ArrayLike<number>>): ArrayLike<number> {
  const known = given.get(value)
  if (known !== undefined) return known
  const constant = repeatedElement(value)
  if (constant !== undefined) return [Math.fround(constant)]
  const { source } = value
  if (source.kind !== 'node') throw new TypeError(`a value of kind ${source.kind}`)
  const moved = source.node.op === 'Reshape' || source.node.op === 'Expand'
  const operands = source.node.inputs
    .slice(0, moved ? 1 : 3)
    .map((input) => (input === undefined ? [0] : interpret(input, given)))
  const compute = atOnePlace(source.node)
  const [a, b = [0], c = [0]] = operands
  const at = (operand: ArrayLike<number>, i: number): number =>
    operand[operand.length === 1 ? 0 : i]!
  const size = Math.max(...operands.map(({ length }) => length))
  const result = Float32Array.from({ length: size }, (_, i) =>
    compute(at(a!, i), at(b, i), at(c, i)),
  )
  given.set(value, result)
  return result
}

interface Run {
  /** Where the elements are cut into parts; each begins at a multiple of 4. */
  readonly cuts?: readonly number[]
  /** Which array an output takes the place of. */
  readonly inPlace?: ReadonlyMap<number, number>
  readonly shared?: boolean
}

interface Results {
  readonly outputs: Float32Array[]
  /** Of each part. */
  readonly sums: number[][]
}

/** Runs a fused computation, and checks that it writes nowhere else. */
function runFused(
  elementwise: Elementwise,
  arrays: readonly Float32Array[],
  scalars: readonly number[],
  { cuts = [], inPlace = new Map(), shared = true }: Run = {},
): Results {
  const module = fuse(elementwise, { shared })!
  expect(module).toBeDefined()
  const { sums = [], outputs } = elementwise
  const size = arrays[0]!.length
  const stride = Math.ceil((size + 4) / 4) * 4
  const slots = arrays.length + scalars.length + outputs.length + sums.length
  const memory = kernelMemory(4 * (slots + 4 + stride * slots), shared)
  const words = new Int32Array(memory.buffer)
  const floats = new Float32Array(memory.buffer)
  const first = Math.ceil(slots / 4) * 4
  const guard = -7.25
  floats.fill(guard, first)
  const starts = Array.from({ length: slots }, (_, slot) => first + slot * stride)
  arrays.forEach((array, i) => floats.set(array, starts[i]))
  scalars.forEach((scalar, i) => (floats[starts[arrays.length + i]!] = scalar))
  const firstOutput = arrays.length + scalars.length
  for (const [output, array] of inPlace) starts[firstOutput + output] = starts[array]!
  starts.forEach((start, slot) => (words[slot] = 4 * start))
  const run = instantiate(module, memory)
  const parts = [0, ...cuts, size]
  const partial: number[][] = []
  for (let part = 0; part + 1 < parts.length; part++) {
    run(0, parts[part]!, parts[part + 1]!)
    partial.push(sums.map((_, i) => floats[starts[firstOutput + outputs.length + i]!]!))
  }
  const at = (slot: number): Float32Array => floats.slice(starts[slot], starts[slot]! + size)
  const overwritten = new Set(inPlace.values())
  const kept = arrays.map((array, i) => (overwritten.has(i) ? at(i) : array))
  expect(arrays.map((_, i) => at(i))).toEqual(kept)
  const isArray = (slot: number): boolean =>
    slot < arrays.length || (slot >= firstOutput && slot < firstOutput + outputs.length)
  for (const [slot, start] of starts.entries())
    expect(floats.slice(start + (isArray(slot) ? size : 1), start + stride)).toSatisfy(
      (rest: Float32Array) => rest.every((element) => element === guard),
    )
  return { outputs: outputs.map((_, i) => at(firstOutput + i)), sums: partial }
}

/** The interpreted results, and the sums of a part in the order that is promised. */
function runInterpreted(
  { arrays: arrayValues, scalars: scalarValues, outputs, sums = [] }: Elementwise,
  arrays: readonly Float32Array[],
  scalars: readonly number[],
  cuts: readonly number[] = [],
): Results {
  const size = arrays[0]!.length
  const given = new Map<Value, ArrayLike<number>>([
    ...arrayValues.map((value, i) => [value, arrays[i]!] as const),
    ...scalarValues.map((value, i) => [value, [Math.fround(scalars[i]!)]] as const),
  ])
  const whole = (value: Value): Float32Array => {
    const got = interpret(value, given)
    return Float32Array.from({ length: size }, (_, i) => got[got.length === 1 ? 0 : i]!)
  }
  const parts = [0, ...cuts, size]
  const addends = sums.map(whole)
  return {
    outputs: outputs.map(whole),
    sums: parts
      .slice(1)
      .map((end, part) => addends.map((array) => sumOf(array.subarray(parts[part], end)))),
  }
}

function sumOf(array: Float32Array): number {
  const lanes = [0, 0, 0, 0]
  const vectors = array.length - (array.length % 4)
  array.forEach((element, i) => (lanes[i < vectors ? i % 4 : 0]! += element))
  return Math.fround(lanes[0]! + lanes[2]! + (lanes[1]! + lanes[3]!))
}

describe('each operator', () => {
  type Case = readonly [name: string, (graph: Graph, x: Value, y: Value, s: Value) => Value]
  const truth = { shape: [70], dtype: 'bool' } as const
  const unary = (op: string): Case => [op, (graph, x) => graph.node(op, [x], x)]
  const binary = (op: string): Case => [op, (graph, x, y) => graph.node(op, [x, y], x)]
  const toNumber = (graph: Graph, x: Value): Value =>
    graph.node('Cast', [x], numbers(70), { to: 1 })
  const comparison = (op: string): Case => [
    op,
    (graph, x, y) => toNumber(graph, graph.node(op, [x, y], truth)),
  ]
  const positive = (graph: Graph, x: Value): Value =>
    graph.node('Greater', [x, graph.fill(0, [])], truth)
  const logical = (op: string): Case => [
    op,
    (graph, x, y) =>
      toNumber(graph, graph.node(op, [positive(graph, x), positive(graph, y)], truth)),
  ]
  const test = (op: string): Case => [op, (graph, x) => toNumber(graph, graph.node(op, [x], truth))]
  const cases: readonly Case[] = [
    ...['Add', 'Sub', 'Mul', 'Div', 'Max', 'Min', 'PRelu'].map(binary),
    ...['Abs', 'Neg', 'Sqrt', 'Ceil', 'Floor', 'Round', 'Reciprocal', 'Relu', 'Sign'].map(unary),
    ...['Less', 'LessOrEqual', 'Greater', 'GreaterOrEqual', 'Equal'].map(comparison),
    ...['And', 'Or', 'Equal'].map(logical),
    ...['IsNaN', 'IsInf'].map(test),
    ['Not', (graph, x) => toNumber(graph, graph.node('Not', [positive(graph, x)], truth))],
    ['Max of three', (graph, x, y, s) => graph.node('Max', [x, y, s], x)],
    ['LeakyRelu', (graph, x) => graph.node('LeakyRelu', [x], x, { alpha: { float: 0.2 } })],
    ['Identity', (graph, x) => graph.node('Identity', [x], x)],
    ['Clip', (graph, x, _, s) => graph.node('Clip', [x, graph.fill(-1, []), s], x)],
    ['Clip below', (graph, x, _, s) => graph.node('Clip', [x, s], x)],
    ['Clip above', (graph, x, _, s) => graph.node('Clip', [x, undefined, s], x)],
    ['Where', (graph, x, y, s) => graph.node('Where', [positive(graph, x), y, s], x)],
    ['Cast', (graph, x) => toNumber(graph, graph.node('Cast', [x], truth, { to: 9 }))],
    [
      'Reshape',
      (graph, x) => {
        const type = { shape: [7, 10], dtype: 'float32' } as const
        const table = graph.node('Reshape', [x, graph.integers([7, 10])], type)
        return graph.node('Abs', [table], table)
      },
    ],
    ['Expand', (graph, x, _, s) => graph.node('Expand', [s, graph.integers([70])], x)],
    ['a constant', (graph) => graph.fill(0.1, [70])],
    [
      'a scalar of scalars',
      (graph, x, _, s) => graph.node('Sub', [x, graph.node('Sqrt', [s], s)], x),
    ],
  ]
  it.each(cases)('%s', (_, make) => {
    const graph = createGraph()
    const [x, y] = [graph.input(numbers(70)), graph.input(numbers(70))]
    const s = graph.input({ shape: [], dtype: 'float32' })
    const outputs = [make(graph, x, y, s)]
    const elementwise = { arrays: [x, y], scalars: [s], outputs, sums: outputs }
    const draw = random(5)
    const arrays = [elements(70, draw), elements(70, draw)]
    expect(runFused(elementwise, arrays, [0.7])).toEqual(runInterpreted(elementwise, arrays, [0.7]))
  })
})

/** A random computation on three arrays and two scalars. */
function program(size: number, draw: Random): Elementwise {
  const graph = createGraph()
  const arrays = [0, 1, 2].map(() => graph.input(numbers(size)))
  const scalars = [0, 1].map(() => graph.input({ shape: [], dtype: 'float32' }))
  const values: Value[] = [...arrays, ...scalars, graph.fill(0.3, [])]
  const truths: Value[] = []
  const any = (from: readonly Value[]): Value => from[draw.integer(from.length)]!
  const both = (a: Value, b: Value): readonly number[] =>
    a.shape.length > b.shape.length ? a.shape : b.shape
  const binary = ['Add', 'Sub', 'Mul', 'Div', 'Max', 'Min']
  const unary = ['Abs', 'Neg', 'Sqrt', 'Relu', 'Sign', 'Reciprocal', 'Floor']
  const comparisons = ['Less', 'Greater', 'LessOrEqual', 'GreaterOrEqual', 'Equal']
  const name = (from: readonly string[]): string => from[draw.integer(from.length)]!
  for (let count = 4 + draw.integer(16); count > 0; count--) {
    const [a, b] = [any(values), any(values)]
    const shape = both(a, b)
    const kind = draw.uniform()
    if (kind < 0.55) values.push(graph.node(name(binary), [a, b], { shape, dtype: 'float32' }))
    else if (kind < 0.75) values.push(graph.node(name(unary), [a], a))
    else if (kind < 0.9 || truths.length === 0)
      truths.push(graph.node(name(comparisons), [a, b], { shape, dtype: 'bool' }))
    else {
      const condition = any(truths)
      const extents = condition.shape.length > shape.length ? condition.shape : shape
      const type = { shape: extents, dtype: 'float32' } as const
      values.push(graph.node('Where', [condition, a, b], type))
    }
  }
  const whole = values.filter((value) => value.shape.length === 1)
  return {
    arrays,
    scalars,
    outputs: whole.slice(-3),
    sums: [whole.at(-1)!, any(whole)],
  }
}

describe('random computations', () => {
  it.each(Array.from({ length: 70 }, (_, i) => i + 1))('of %i elements', (size) => {
    const draw = random(size)
    for (let repetition = 0; repetition < 5; repetition++) {
      const elementwise = program(size, draw)
      const arrays = [0, 1, 2].map(() => elements(size, draw))
      const scalars = [draw.normal(), draw.normal()]
      const expected = runInterpreted(elementwise, arrays, scalars)
      expect(runFused(elementwise, arrays, scalars)).toEqual(expected)
      const places = draw.permutation(3)
      const inPlace = new Map([...elementwise.outputs.keys()].map((i) => [i, places[i]!]))
      expect(runFused(elementwise, arrays, scalars, { inPlace })).toEqual(expected)
      const cuts = [draw.integer(size), draw.integer(size)]
        .map((cut) => cut - (cut % 4))
        .toSorted((a, b) => a - b)
      expect(runFused(elementwise, arrays, scalars, { cuts, inPlace, shared: false })).toEqual(
        runInterpreted(elementwise, arrays, scalars, cuts),
      )
    }
  })
})

describe('fuse', () => {
  const square = (
    shape: readonly number[],
    dtype: 'float32' | 'int32' = 'float32',
  ): Elementwise => {
    const graph = createGraph()
    const x = graph.input({ shape, dtype })
    const s = graph.input({ shape: [], dtype: 'float32' })
    const squares = graph.node('Mul', [x, x], x)
    const shrunk = graph.node('Mul', [x, graph.fill(0.9, shape)], x)
    return {
      arrays: [x],
      scalars: [s],
      outputs: [graph.node('Sub', [shrunk, graph.node('Mul', [s, squares], x)], x)],
      sums: [squares],
    }
  }

  it('gives the same bytes for arrays of other shapes', () => {
    expect(fuse(square([3, 5]))).toEqual(fuse(square([1000])))
    expect(fuse(square([7]), { shared: false })).not.toEqual(fuse(square([7])))
  })

  it('knows zeros of either sign apart', () => {
    const graph = createGraph()
    const x = graph.input(numbers(1))
    const outputs = [0, -0].map((zero) => graph.node('Div', [x, graph.fill(zero, [])], x))
    const got = runFused({ arrays: [x], scalars: [], outputs }, [Float32Array.of(1)], [])
    expect(got.outputs.map(([element]) => element)).toEqual([Infinity, -Infinity])
  })

  it('repeats single numbers along the extents of another array', () => {
    const graph = createGraph()
    const x = graph.input({ shape: [4, 3], dtype: 'float32' })
    const s = graph.input({ shape: [], dtype: 'float32' })
    const row = graph.nodes('Expand', [s, graph.integers([3])], [numbers(3)])[0]!
    const outputs = graph.nodes('Add', [x, row], [x])
    const got = runFused({ arrays: [x], scalars: [s], outputs }, [new Float32Array(12)], [2])
    expect([...got.outputs[0]!]).toEqual(Array<number>(12).fill(2))
  })

  it('begins at the arrays, however they were computed', () => {
    const graph = createGraph()
    const x = graph.input(numbers(5))
    const gradient = graph.node('Exp', [x], x)
    const outputs = [graph.node('Sub', [x, gradient], x)]
    const got = runFused(
      { arrays: [x, gradient], scalars: [], outputs },
      [Float32Array.of(1, 2, 3, 4, 5), Float32Array.of(1, 1, 1, 2, 2)],
      [],
    )
    expect([...got.outputs[0]!]).toEqual([0, 1, 2, 2, 3])
  })

  it('does nothing and sums to 0 where there are no elements', () => {
    const elementwise = square([0])
    expect(runFused(elementwise, [new Float32Array(0)], [1]).sums).toEqual([[0]])
  })

  it('adds many numbers without losing digits', () => {
    const got = runFused(square([20_001]), [new Float32Array(20_001).fill(0.1)], [1])
    expect(got.sums[0]![0]).toBe(Math.fround(20_001 * Math.fround(Math.fround(0.1) ** 2)))
  })

  it('refuses what has no rule', () => {
    const graph = createGraph()
    const [x, row] = [graph.input({ shape: [3, 4], dtype: 'float32' }), graph.input(numbers(4))]
    const reads = (output: Value, arrays: Value[] = [x]): unknown =>
      fuse({ arrays, scalars: [], outputs: [output] })
    expect(reads(graph.node('Abs', [x], x))).toBeDefined()
    // No vector instruction.
    expect(reads(graph.node('Exp', [x], x))).toBeUndefined()
    expect(reads(graph.node('Abs', [graph.node('Log', [x], x)], x))).toBeUndefined()
    // Rows repeated, elements moved, and integers.
    expect(reads(graph.node('Add', [x, row], x), [x, row])).toBeUndefined()
    expect(reads(graph.node('Add', [x, row], x))).toBeUndefined()
    const turned = graph.node(
      'Transpose',
      [x],
      { shape: [4, 3], dtype: 'float32' },
      { perm: [1, 0] },
    )
    expect(reads(turned)).toBeUndefined()
    expect(fuse(square([4], 'int32'))).toBeUndefined()
    const whole = graph.node('Cast', [x], { shape: [3, 4], dtype: 'int32' }, { to: 6 })
    expect(reads(graph.node('Cast', [whole], x, { to: 1 }))).toBeUndefined()
    // Other elements at each place, and a result that is one number.
    const table = graph.constant({
      dtype: 'float32',
      shape: [3, 4],
      source: { kind: 'data', data: Float32Array.from({ length: 12 }, (_, i) => i) },
    })
    expect(reads(graph.node('Add', [x, table], x))).toBeUndefined()
    expect(reads(graph.fill(1, []))).toBeUndefined()
  })
})
