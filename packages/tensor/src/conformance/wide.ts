/** An array in double precision: what the references compute with. */
export interface Wide {
  /** The extents. */
  readonly shape: readonly number[]
  /** The elements, the last axis running fastest. */
  readonly data: Float64Array
}

/** The position in each axis of the element at `offset`. */
function indexOf(shape: readonly number[], offset: number): number[] {
  const index: number[] = []
  let rest = offset
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const extent = shape[axis]!
    index[axis] = rest % extent
    rest = Math.floor(rest / extent)
  }
  return index
}

/** The array whose element at each index is what `value` says. */
export function build(shape: readonly number[], value: (index: readonly number[]) => number): Wide {
  const size = shape.reduce((product, extent) => product * extent, 1)
  return { shape, data: Float64Array.from({ length: size }, (_, i) => value(indexOf(shape, i))) }
}

/** The element at an index, broadcast: extra leading axes are ignored, an extent of 1 repeats. */
export function at(x: Wide, index: readonly number[]): number {
  const own = index.slice(index.length - x.shape.length)
  return x.data[
    own.reduce((offset, i, axis) => offset * x.shape[axis]! + (x.shape[axis] === 1 ? 0 : i), 0)
  ]!
}

/** A function of each element. */
export function map(f: (x: number) => number): (x: Wide) => Wide {
  return ({ shape, data }) => ({ shape, data: data.map((value) => f(value)) })
}

/** A function of the elements at each place, broadcast. */
export function zip(f: (...values: number[]) => number): (...arrays: Wide[]) => Wide {
  return (...arrays) => {
    const rank = Math.max(...arrays.map(({ shape }) => shape.length))
    const shape = Array.from({ length: rank }, (_, axis) => {
      const extents = arrays.map((a) => a.shape[axis - rank + a.shape.length] ?? 1)
      return extents.find((extent) => extent !== 1) ?? 1
    })
    return build(shape, (index) => f(...arrays.map((a) => at(a, index))))
  }
}

/** A function of the elements along axes, all of them when left out. */
export function reduce(
  x: Wide,
  axes: readonly number[] | undefined,
  keepDims: boolean,
  f: (values: readonly number[]) => number,
): Wide {
  const rank = x.shape.length
  const gone = new Set((axes ?? x.shape.map((_, axis) => axis)).map((axis) => (axis + rank) % rank))
  const small = x.shape.map((extent, axis) => (gone.has(axis) ? 1 : extent))
  const groups = build(small, () => 0).data
  const members: number[][] = Array.from(groups, () => [])
  x.data.forEach((value, offset) => {
    const group = indexOf(x.shape, offset).reduce(
      (sum, i, axis) => sum * small[axis]! + (gone.has(axis) ? 0 : i),
      0,
    )
    members[group]!.push(value)
  })
  return {
    shape: keepDims ? small : x.shape.filter((_, axis) => !gone.has(axis)),
    data: Float64Array.from(members, f),
  }
}

/** A function from each line along an axis to a line. */
export function alongAxis(
  x: Wide,
  axis: number,
  f: (line: readonly number[]) => readonly number[],
): Wide {
  const place = (axis + x.shape.length) % x.shape.length
  const line = (index: readonly number[]): number[] =>
    Array.from({ length: x.shape[place]! }, (_, i) => at(x, index.with(place, i)))
  const extent = f(line(x.shape.map(() => 0))).length
  return build(x.shape.with(place, extent), (index) => f(line(index))[index[place]!]!)
}
