import { at, build, type Wide } from './wide.ts'

/** The same elements in another shape. */
export const reshaped =
  (...shape: number[]) =>
  ({ data }: Wide): Wide => ({ shape, data })

/** The axes in another order. */
export const permuted = (x: Wide, order: readonly number[]): Wide =>
  build(
    order.map((axis) => x.shape[axis]!),
    (index) =>
      at(
        x,
        x.shape.map((_, axis) => index[order.indexOf(axis)]!),
      ),
  )

/** Arrays one after the other along an axis. */
export const joined = (xs: readonly Wide[], axis: number): Wide => {
  const starts = xs.map((_, k) => xs.slice(0, k).reduce((sum, x) => sum + x.shape[axis]!, 0))
  const extent = xs.reduce((sum, x) => sum + x.shape[axis]!, 0)
  return build(xs[0]!.shape.with(axis, extent), (index) => {
    const k = starts.findLastIndex((start) => start <= index[axis]!)
    return at(xs[k]!, index.with(axis, index[axis]! - starts[k]!))
  })
}

/** With a new axis of extent 1. */
export const inserted = (x: Wide, axis: number): Wide => ({
  shape: x.shape.toSpliced(axis, 0, 1),
  data: x.data,
})

/** A block. */
export const cut = (x: Wide, begin: readonly number[], size: readonly number[]): Wide =>
  build(
    size,
    (index) =>
      x.data[index.reduce((offset, i, axis) => offset * x.shape[axis]! + i + begin[axis]!, 0)]!,
  )

/** Pieces of these extents along an axis. */
export const pieces = (x: Wide, extents: readonly number[], axis: number): Wide[] =>
  extents.map((extent, k) => {
    const start = extents.slice(0, k).reduce((a, b) => a + b, 0)
    return cut(
      x,
      x.shape.map((_, a) => (a === axis ? start : 0)),
      x.shape.with(axis, extent),
    )
  })

/** Repeated so often along each axis. */
export const repeated = (x: Wide, repetitions: readonly number[]): Wide =>
  build(
    x.shape.map((extent, axis) => extent * repetitions[axis]!),
    (index) =>
      at(
        x,
        index.map((i, axis) => i % x.shape[axis]!),
      ),
  )

/** With a border of one value. */
export const padded = (
  x: Wide,
  paddings: readonly (readonly [number, number])[],
  value: number,
): Wide =>
  build(
    x.shape.map((extent, axis) => extent + paddings[axis]![0] + paddings[axis]![1]),
    (index) => {
      const inner = index.map((i, axis) => i - paddings[axis]![0])
      return inner.every((i, axis) => i >= 0 && i < x.shape[axis]!) ? at(x, inner) : value
    },
  )
