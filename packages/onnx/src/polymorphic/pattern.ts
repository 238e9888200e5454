/** The extent that a pattern leaves open. */
export const free = 'batch'

/** A fixed extent, or the open one. */
export type OpenExtent = number | typeof free

/** Shapes that differ in one extent only. */
export interface Pattern {
  /** The extents of each argument; `free` stands for the one that may differ. */
  readonly shapes: readonly (readonly OpenExtent[])[]
  /** An argument and an axis that have the free extent. */
  readonly place: { readonly input: number; readonly axis: number }
}

type Shapes = readonly (readonly number[])[]

/**
 * What two lists of shapes have in common where they differ in one extent, in one place or several. Extents of 0 and 1 are never left open:
 * they broadcast as no other does.
 */
export function commonPattern(a: Shapes, b: Shapes): Pattern | undefined {
  let place: Pattern['place'] | undefined
  let extents: readonly [number, number] | undefined
  for (const [input, shape] of a.entries())
    for (const [axis, extent] of shape.entries()) {
      const other = b[input]![axis]!
      if (extent === other) continue
      extents ??= [extent, other]
      if (extent !== extents[0] || other !== extents[1]) return undefined
      place ??= { input, axis }
    }
  if (place === undefined || Math.min(...extents!) < 2) return undefined
  const shapes = a.map((shape, input) =>
    shape.map((extent, axis) => (extent === b[input]![axis] ? extent : free)),
  )
  return { shapes, place }
}

/** Whether arrays fit a pattern. */
export function fits(
  { shapes, place }: Pattern,
  candidate: readonly { readonly shape: readonly number[] }[],
): boolean {
  const extent = candidate[place.input]!.shape[place.axis]!
  return (
    extent > 1 &&
    shapes.every((shape, input) =>
      shape.every(
        (expected, axis) =>
          candidate[input]!.shape[axis] === (expected === free ? extent : expected),
      ),
    )
  )
}

/** The shapes of a pattern at an extent. */
export function shapesAt({ shapes }: Pattern, extent: number): Shapes {
  return shapes.map((shape) => shape.map((expected) => (expected === free ? extent : expected)))
}

/** A shape that was `first` and `second` at two extents; nothing for what depends on them in other ways than being them. */
export function openShape(
  first: readonly number[],
  second: readonly number[],
  [p, q]: readonly [number, number],
): readonly (OpenExtent | undefined)[] {
  return first.map((extent, axis) => {
    const other = second[axis]
    if (extent === other) return extent
    return extent === p && other === q ? free : undefined
  })
}
