import { averagePool2d, conv2d, convTranspose2d, maxPool2d } from '../../ops/convolution.ts'
import { cumSum, gather, segmentSum, topK } from '../../ops/indexing.ts'
import { dot, matMul, type MatMulOptions } from '../../ops/linear-algebra.ts'
import { booleans, distinct, given, integers, type OpCase, uniform, shown } from '../op-case.ts'
import { alongAxis, at, build, reduce, type Wide, zip } from '../wide.ts'

function product(a: Wide, b: Wide, { transposeA, transposeB }: MatMulOptions): Wide {
  const inner = a.shape.at(transposeA ? -2 : -1)!
  const rows = a.shape.at(transposeA ? -1 : -2)!
  const columns = b.shape.at(transposeB ? -2 : -1)!
  const batch = zip(() => 0)(
    { shape: a.shape.slice(0, -2), data: new Float64Array() },
    { shape: b.shape.slice(0, -2), data: new Float64Array() },
  ).shape
  return build([...batch, rows, columns], (index) => {
    const lead = index.slice(0, -2)
    const [i, j] = index.slice(-2) as [number, number]
    let sum = 0
    for (let k = 0; k < inner; k++)
      sum +=
        at(a, [...lead, ...(transposeA ? [k, i] : [i, k])]) *
        at(b, [...lead, ...(transposeB ? [j, k] : [k, j])])
    return sum
  })
}

const products: readonly OpCase[] = (
  [
    [[2, 3], [3, 4], {}],
    [[3, 2], [3, 4], { transposeA: true }],
    [[2, 3], [4, 3], { transposeB: true }],
    [[3, 2], [4, 3], { transposeA: true, transposeB: true }],
    [[2, 2, 3], [2, 3, 4], {}],
    [[2, 3, 2], [2, 3, 4], { transposeA: true }],
    [[2, 2, 3], [2, 4, 3], { transposeB: true }],
    [[2, 3, 2], [2, 4, 3], { transposeA: true, transposeB: true }],
    [[2, 2, 2, 3], [2, 2, 3, 1], {}],
    [[2, 2, 3], [3, 4], {}],
    [[2, 2, 3], [4, 3], { transposeB: true }],
    [[2, 3, 2], [3, 4], { transposeA: true }],
    [[2, 3], [2, 3, 4], {}],
    [[2, 1, 2, 3], [3, 3, 2], {}],
    [[1, 5], [5, 1], {}],
  ] as const
).map(([a, b, options]) => ({
  op: 'matMul',
  detail: `${shown(a)} by ${shown(b)} ${Object.keys(options).join(' ')}`,
  inputs: [uniform(a), uniform(b)],
  apply: (x, y) => matMul(x, y, options),
  reference: (x, y) => product(x, y, options),
}))

/** The zeros in front of the first row: 'same' as TensorFlow defines it puts the odd one at the end. */
function paddingBefore(size: number, window: number, stride: number, padding: string): number {
  if (padding === 'valid') return 0
  return Math.floor(Math.max((Math.ceil(size / stride) - 1) * stride + window - size, 0) / 2)
}

interface Move {
  readonly stride: number
  readonly padding: 'same' | 'valid'
}

const positions = (size: number, window: number, { stride, padding }: Move): number =>
  padding === 'same' ? Math.ceil(size / stride) : Math.ceil((size - window + 1) / stride)

/** Calls `visit` for each product that a convolution sums: where it reads, with which weight, where it adds. */
function convolutionTerms(
  input: readonly number[],
  kernel: readonly number[],
  move: Move,
  visit: (x: readonly number[], k: readonly number[], y: readonly number[]) => void,
): void {
  const [batch, height, width] = input as readonly [number, number, number]
  const [kh, kw, channels, outputs] = kernel as readonly [number, number, number, number]
  const top = paddingBefore(height, kh, move.stride, move.padding)
  const left = paddingBefore(width, kw, move.stride, move.padding)
  build(
    [batch, positions(height, kh, move), positions(width, kw, move), kh, kw, channels, outputs],
    ([n, i, j, di, dj, c, o]) => {
      const y = i! * move.stride + di! - top
      const x = j! * move.stride + dj! - left
      if (y >= 0 && y < height && x >= 0 && x < width)
        visit([n!, y, x, c!], [di!, dj!, c!, o!], [n!, i!, j!, o!])
      return 0
    },
  )
}

const offset = (shape: readonly number[], index: readonly number[]): number =>
  index.reduce((sum, i, axis) => sum * shape[axis]! + i, 0)

function convolved(x: Wide, kernel: Wide, move: Move): Wide {
  const [kh, kw, , outputs] = kernel.shape as [number, number, number, number]
  const [batch, height, width] = x.shape as [number, number, number]
  const y = build(
    [batch, positions(height, kh, move), positions(width, kw, move), outputs],
    () => 0,
  )
  convolutionTerms(x.shape, kernel.shape, move, (from, k, to) => {
    y.data[offset(y.shape, to)]! += at(x, from) * at(kernel, k)
  })
  return y
}

function transposed(y: Wide, kernel: Wide, move: Move): Wide {
  const [kh, kw, channels] = kernel.shape as [number, number, number]
  const [batch, height, width] = y.shape as [number, number, number]
  const extent = (size: number, window: number): number =>
    move.padding === 'same' ? size * move.stride : (size - 1) * move.stride + window
  const x = build([batch, extent(height, kh), extent(width, kw), channels], () => 0)
  convolutionTerms(x.shape, kernel.shape, move, (to, k, from) => {
    x.data[offset(x.shape, to)]! +=
      y.data[offset(y.shape, from)]! * kernel.data[offset(kernel.shape, k)]!
  })
  return x
}

const moves: readonly Move[] = [
  { stride: 1, padding: 'same' },
  { stride: 1, padding: 'valid' },
  { stride: 2, padding: 'same' },
  { stride: 2, padding: 'valid' },
]

const pool = (x: Wide, size: number, f: (values: readonly number[]) => number): Wide => {
  const [batch, height, width, channels] = x.shape as [number, number, number, number]
  const shape = [batch, height / size, size, width / size, size, channels]
  return reduce({ shape, data: x.data }, [2, 4], false, f)
}

const gathered = (x: Wide, indices: Wide, axis: number): Wide => {
  const place = (axis + x.shape.length) % x.shape.length
  return build(x.shape.toSpliced(place, 1, ...indices.shape), (index) => {
    const pick =
      indices.data[offset(indices.shape, index.slice(place, place + indices.shape.length))]!
    return x.data[offset(x.shape, index.toSpliced(place, indices.shape.length, pick))]!
  })
}

const segmented = (x: Wide, segments: Wide, count: number): Wide => {
  const result = build(x.shape.with(0, count), () => 0)
  const row = result.data.length / count
  x.data.forEach((value, i) => {
    result.data[segments.data[Math.floor(i / row)]! * row + (i % row)]! += value
  })
  return result
}

function running(line: readonly number[], exclusive: boolean, reversed: boolean): number[] {
  const order = reversed ? line.toReversed() : line
  const sums = order.map((_, i) => order.slice(0, exclusive ? i : i + 1).reduce((a, b) => a + b, 0))
  return reversed ? sums.toReversed() : sums
}

export const algebraCases: readonly OpCase[] = [
  ...products,
  ...(
    [
      [[4], [4]],
      [
        [3, 4],
        [3, 4],
      ],
      [[3, 4], [4]],
      [
        [2, 1, 4],
        [3, 4],
      ],
    ] as const
  ).map(([a, b]): OpCase => ({
    op: 'dot',
    detail: `${shown(a)} with ${shown(b)}`,
    inputs: [uniform(a), uniform(b)],
    apply: (x, y) => dot(x, y),
    reference: (x, y) =>
      reduce(zip((u, v) => u * v)(x, y), [-1], false, (v) => v.reduce((s, t) => s + t, 0)),
  })),
  ...moves.flatMap((move) => [
    ...(
      [
        [
          [2, 4, 5, 2],
          [3, 3, 2, 3],
        ],
        [
          [1, 5, 4, 1],
          [2, 1, 1, 2],
        ],
        [
          [2, 3, 3, 2],
          [1, 1, 2, 2],
        ],
      ] as const
    ).map(([x, kernel]): OpCase => ({
      op: 'conv2d',
      detail: `${shown(x)} by ${shown(kernel)}, stride ${move.stride}, ${move.padding}`,
      inputs: [uniform(x, -1, 1), uniform(kernel, -1, 1)],
      apply: (a, b) => conv2d(a, b, move),
      reference: (a, b) => convolved(a, b, move),
    })),
    ...(
      [
        [
          [1, 2, 3, 2],
          [3, 3, 1, 2],
        ],
        [
          [2, 2, 2, 1],
          [2, 2, 2, 1],
        ],
      ] as const
    ).map(([x, kernel]): OpCase => ({
      op: 'convTranspose2d',
      detail: `${shown(x)} by ${shown(kernel)}, stride ${move.stride}, ${move.padding}`,
      inputs: [uniform(x, -1, 1), uniform(kernel, -1, 1)],
      apply: (a, b) => convTranspose2d(a, b, move),
      reference: (a, b) => transposed(a, b, move),
    })),
  ]),
  {
    op: 'maxPool2d',
    detail: 'windows of 2',
    inputs: [distinct([2, 4, 2, 2])],
    apply: (x) => maxPool2d(x, 2),
    reference: (x) => pool(x, 2, (values) => Math.max(...values)),
  },
  {
    op: 'averagePool2d',
    detail: 'windows of 2',
    inputs: [uniform([2, 4, 2, 2])],
    apply: (x) => averagePool2d(x, 2),
    reference: (x) => pool(x, 2, (values) => values.reduce((a, b) => a + b) / 4),
  },
  ...(
    [
      [[4], [3], 0],
      [[4, 3], [5], 0],
      [[3, 4], [2], 1],
      [[3, 4], [2], -1],
      [[3, 4, 2], [3], 1],
      [[4, 3], [2, 3], 0],
      [[2, 4, 3], [2, 2], 1],
      [[4, 2], [], 0],
    ] as const
  ).map(([shape, indices, axis]): OpCase => ({
    op: 'gather',
    detail: `${shown(shape)} at ${shown(indices)} along ${axis}`,
    inputs: [uniform(shape), integers(indices, shape.at(axis)!)],
    apply: (x, i) => gather(x, i, axis),
    reference: (x, i) => gathered(x, i, axis),
  })),
  ...(['int32', 'bool'] as const).map((dtype): OpCase => ({
    op: 'gather',
    detail: `of ${dtype}`,
    inputs: [dtype === 'bool' ? booleans([4, 2]) : integers([4, 2], 9), integers([3], 4)],
    apply: (x, i) => gather(x, i),
    reference: (x, i) => gathered(x, i, 0),
    dtype,
    differentiable: false,
  })),
  ...([[5], [5, 3], [5, 2, 2]] as const).map((shape): OpCase => ({
    op: 'segmentSum',
    detail: `${shown(shape)} in 4 segments, one of them empty`,
    inputs: [uniform(shape), given([0, 2, 0, 3, 2], [5], 'int32')],
    apply: (x, segments) => segmentSum(x, segments, 4),
    reference: (x, segments) => segmented(x, segments, 4),
  })),
  {
    op: 'segmentSum',
    detail: 'of integers',
    inputs: [integers([5, 2], 9), given([0, 2, 0, 3, 2], [5], 'int32')],
    apply: (x, segments) => segmentSum(x, segments, 4),
    reference: (x, segments) => segmented(x, segments, 4),
    dtype: 'int32',
    differentiable: false,
  },
  ...(
    [
      [[4], 0, false, false],
      [[3, 3], 0, false, false],
      [[3, 3], 1, true, false],
      [[3, 3], 0, false, true],
      [[2, 3], -1, true, true],
      [[3, 3, 3], 1, false, false],
      [[2, 3, 2], 1, true, true],
      [[2, 2, 2, 2], 1, false, true],
    ] as const
  ).map(([shape, axis, exclusive, reversed]): OpCase => ({
    op: 'cumSum',
    detail: `${shown(shape)} along ${axis}${exclusive ? ', exclusive' : ''}${reversed ? ', reverse' : ''}`,
    inputs: [uniform(shape)],
    apply: (x) => cumSum(x, axis, exclusive, reversed),
    reference: (x) => alongAxis(x, axis, (line) => running(line, exclusive, reversed)),
  })),
  ...([[6], [2, 5], [2, 2, 4]] as const).map((shape): OpCase => ({
    op: 'topK',
    detail: `${shown(shape)}, 3 largest`,
    inputs: [distinct(shape)],
    apply: (x) => topK(x, 3).values,
    reference: (x) => alongAxis(x, -1, (line) => line.toSorted((a, b) => b - a).slice(0, 3)),
    differentiable: false,
  })),
  {
    op: 'topK',
    detail: 'indices; the first one at a tie',
    inputs: [given([1, 3, 2, 3, 0, 0, 5, 0], [2, 4])],
    apply: (x) => topK(x, 2).indices,
    reference: () => ({ shape: [2, 2], data: Float64Array.from([1, 3, 2, 0]) }),
    dtype: 'int32',
    differentiable: false,
  },
]
