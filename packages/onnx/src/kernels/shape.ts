import {
  type CastAttrs,
  type ConcatAttrs,
  type ExpandDimsAttrs,
  type FillAttrs,
  type PackAttrs,
  type PadV2Attrs,
  type RangeAttrs,
  type ReshapeAttrs,
  type ReverseAttrs,
  slice_util,
  type SliceAttrs,
  type SplitVAttrs,
  type StridedSliceAttrs,
  backend_util,
  type TileAttrs,
  type TransposeAttrs,
  type UnpackAttrs,
  util,
} from '@tensorflow/tfjs-core'
import type { DType } from '@deepstruct/tensor'
import { constantOf, type Graph } from '../graph/graph.ts'
import { computedBy, type Value } from '../graph/value.ts'
import { cast, expand, reshape, transpose } from './compose.ts'
import { channelsLast, transposedFrom } from './convolution/geometry.ts'
import { lowering, type Lowerings } from './lowering.ts'

/** Kernels that move elements or make them. */
export const shapeKernels: Lowerings = {
  Identity: lowering<'x'>(({ x }) => x),
  Cast: lowering<'x', CastAttrs>(({ x }, { dtype }, graph) => cast(graph, x, dtype as DType)),
  Reshape: lowering<'x', ReshapeAttrs>(({ x }, { shape }, graph) =>
    reshape(graph, x, util.inferFromImplicitShape([...shape], util.sizeFromShape([...x.shape]))),
  ),
  ExpandDims: lowering<'input', ExpandDimsAttrs>(({ input }, { dim }, graph) => {
    const axis = dim < 0 ? dim + input.shape.length + 1 : dim
    return reshape(graph, input, input.shape.toSpliced(axis, 0, 1))
  }),
  Transpose: lowering<'x', TransposeAttrs>(({ x }, { perm }, graph) => transpose(graph, x, perm)),
  Tile: lowering<'x', TileAttrs>(({ x }, { reps }, graph) => {
    const shape = x.shape.map((extent, axis) => extent * reps[axis]!)
    if (x.shape.every((extent, axis) => extent === 1 || reps[axis] === 1))
      return expand(graph, x, shape)
    return graph.node('Tile', [x, graph.integers(reps)], { shape, dtype: x.dtype })
  }),
  Concat: (inputs, attributes, graph) =>
    concat(graph, Object.values(inputs), (attributes as ConcatAttrs).axis),
  Pack: (inputs, attributes, graph) => {
    const { axis } = attributes as PackAttrs
    const parts = Object.values(inputs)
    const at = axis < 0 ? axis + parts[0]!.shape.length + 1 : axis
    return concat(
      graph,
      parts.map((part) => reshape(graph, part, part.shape.toSpliced(at, 0, 1))),
      at,
    )
  },
  Unpack: lowering<'value', UnpackAttrs>(({ value }, { axis }, graph) => {
    const at = axis < 0 ? axis + value.shape.length : axis
    const extents = Array<number>(value.shape[at]!).fill(1)
    return split(graph, value, extents, at).map((part) =>
      reshape(graph, part, part.shape.toSpliced(at, 1)),
    )
  }),
  SplitV: lowering<'x', SplitVAttrs>(({ x }, { numOrSizeSplits, axis }, graph) => {
    const [at] = util.parseAxisParam(axis, [...x.shape]) as [number]
    const extents = backend_util.prepareSplitSize(shaped(x), numOrSizeSplits, at)
    return split(graph, x, extents, at)
  }),
  Slice: lowering<'x', SliceAttrs>(({ x }, { begin, size }, graph) => {
    const [from, extents] = slice_util.parseSliceParams(shaped(x), begin, size)
    return slice(graph, x, from as number[], extents as number[])
  }),
  StridedSlice: lowering<'x', StridedSliceAttrs>(({ x }, attributes, graph) => {
    const { begin, end, strides } = attributes
    const info = slice_util.sliceInfo(
      [...x.shape],
      begin,
      end,
      strides,
      attributes.beginMask,
      attributes.endMask,
      attributes.ellipsisMask,
      attributes.newAxisMask,
      attributes.shrinkAxisMask,
    )
    const extents = slice_util.computeOutShape(info.begin, info.end, info.strides)
    const cut = slice(graph, x, info.begin, extents, info.strides)
    return reshape(graph, cut, info.finalShape)
  }),
  PadV2: lowering<'x', PadV2Attrs>(({ x }, { paddings, constantValue }, graph) => {
    const [before, after] = [0, 1].map((side) => paddings.map((sides) => sides[side]!))
    return pad(graph, x, before!, after!, constantValue)
  }),
  Reverse: lowering<'x', ReverseAttrs>(({ x }, { dims }, graph) => {
    const axes = util.parseAxisParam(dims, [...x.shape])
    const last = axes.map((axis) => x.shape[axis]! - 1)
    return slice(
      graph,
      x,
      x.shape.map((_, axis) => (axes.includes(axis) ? last[axes.indexOf(axis)]! : 0)),
      x.shape,
      x.shape.map((_, axis) => (axes.includes(axis) ? -1 : 1)),
    )
  }),
  Fill: (_, attributes, graph) => {
    const { shape, value, dtype } = attributes as FillAttrs
    return graph.fill(Number(value), shape, dtype as DType)
  },
  ZerosLike: lowering<'x'>(({ x }, _, graph) => graph.fill(0, x.shape, x.dtype)),
  OnesLike: lowering<'x'>(({ x }, _, graph) => graph.fill(1, x.shape, x.dtype)),
  Range: (_, attributes, graph) => {
    const { start, stop, step: given, dtype } = attributes as RangeAttrs
    const step = given === 1 && stop < start ? -1 : given
    const length = Math.max(Math.ceil((stop - start) / step), 0)
    const numbers = Array.from({ length }, (__, i) => start + i * step)
    const elements = dtype === 'int32' ? Int32Array.from(numbers) : Float32Array.from(numbers)
    return graph.constant(constantOf(elements, { shape: [length], dtype: dtype }))
  },
}

/** What tfjs's arithmetic of shapes reads of a tensor. */
function shaped({ shape }: Value): never {
  return { shape: [...shape], rank: shape.length } as never
}

/** With a border of one repeated element. */
export function pad(
  graph: Graph,
  x: Value,
  before: readonly number[],
  after: readonly number[],
  element = 0,
): Value {
  if ([...before, ...after].every((extent) => extent === 0)) return x
  const shape = x.shape.map((extent, axis) => extent + before[axis]! + after[axis]!)
  const sides = graph.integers([...before, ...after])
  return graph.node('Pad', [x, sides, graph.fill(element, [], x.dtype)], { shape, dtype: x.dtype })
}

/** Parts side by side along an axis. */
export function concat(graph: Graph, parts: readonly Value[], axis: number): Value {
  const first = parts[0]!
  const at = axis < 0 ? axis + first.shape.length : axis
  const extent = parts.reduce((total, part) => total + part.shape[at]!, 0)
  return graph.node(
    'Concat',
    parts,
    { shape: first.shape.with(at, extent), dtype: first.dtype },
    {
      axis: at,
    },
  )
}

function split(graph: Graph, x: Value, extents: readonly number[], axis: number): Value[] {
  if (extents.length === 1) return [x]
  // A gradient at images side by side: each part is computed alone, if it is used at all.
  if (axis === 3 && computedBy(transposedFrom(x, channelsLast), 'ConvTranspose')) {
    const beginOf = (part: number): number => extents.slice(0, part).reduce((a, b) => a + b, 0)
    return extents.map((extent, part) =>
      slice(graph, x, [0, 0, 0, beginOf(part)], x.shape.with(3, extent)),
    )
  }
  const types = extents.map((extent) => ({ shape: x.shape.with(axis, extent), dtype: x.dtype }))
  return [...graph.nodes('Split', [x, graph.integers(extents)], types, { axis })]
}

/** A block of these extents, or each `strides`-th element of one. */
export function slice(
  graph: Graph,
  x: Value,
  begin: readonly number[],
  extents: readonly number[],
  strides: readonly number[] = begin.map(() => 1),
): Value {
  // Axes that are taken whole are left out, so that their extents may vary.
  const axes = [...x.shape.keys()].filter(
    (axis) => begin[axis] !== 0 || extents[axis] !== x.shape[axis] || strides[axis] !== 1,
  )
  if (axes.length === 0) return x
  const end = (axis: number): number => {
    const last = begin[axis]! + extents[axis]! * strides[axis]!
    // Going down, the end before the first element cannot be written as -1, which counts from the end.
    return last < 0 ? -(2 ** 31) : last
  }
  return graph.node(
    'Slice',
    [
      x,
      graph.integers(axes.map((axis) => begin[axis]!)),
      graph.integers(axes.map(end)),
      graph.integers(axes),
      graph.integers(axes.map((axis) => strides[axis]!)),
    ],
    { shape: extents, dtype: x.dtype },
  )
}
