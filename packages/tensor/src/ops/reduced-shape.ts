/** The axes that a reduction runs over: one, several, or all when left out. Negative axes count from the end. */
export type Axes = number | readonly number[]

/** The shape that is left of a shape when these axes are reduced; with `keepDims` they stay, with extent 1. */
export function reducedShape(
  shape: readonly number[],
  axes: Axes | undefined,
  keepDims = false,
): number[] {
  const named = typeof axes === 'number' ? [axes] : (axes ?? shape.keys())
  const gone = new Set(Array.from(named, (axis) => (axis < 0 ? axis + shape.length : axis)))
  return keepDims
    ? shape.map((extent, axis) => (gone.has(axis) ? 1 : extent))
    : shape.filter((_, axis) => !gone.has(axis))
}
