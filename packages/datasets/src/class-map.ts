import { type NDArray, ShapeError } from '@deepstruct/tensor'

/** The class of each pixel of an image. */
export interface ClassMap {
  /** Rows. */
  readonly height: number
  /** Columns. */
  readonly width: number
  /** Row after row. */
  readonly classes: Uint8Array
}

/** The class of the highest score at each pixel, the first one at a tie. */
export function classMap(name: string, scores: NDArray, count: number): ClassMap {
  const [height = 0, width = 0, last = 0] = scores.shape
  if (scores.shape.length !== 3 || last !== count)
    throw new ShapeError({
      function: name,
      argument: 'mask',
      got: `of shape [${scores.shape.join(', ')}]`,
      expected: `[height, width, ${count}]`,
    })
  const classes = Uint8Array.from({ length: height * width }, (_, at) => {
    let best = 0
    for (let k = 1; k < count; k++)
      if (scores.data[at * count + k]! > scores.data[at * count + best]!) best = k
    return best
  })
  return { height, width, classes }
}

/** The pixels above, below, left and right; with `corners` the diagonal ones too. */
export function neighborsOf(
  { height, width }: ClassMap,
  at: number,
  corners: 'corners' | 'sides' = 'sides',
): number[] {
  const [row, column] = [Math.floor(at / width), at % width]
  const found: number[] = []
  for (let down = -1; down <= 1; down++)
    for (let right = -1; right <= 1; right++) {
      const near =
        corners === 'corners' ? down !== 0 || right !== 0 : (down === 0) !== (right === 0)
      const [r, c] = [row + down, column + right]
      if (near && r >= 0 && r < height && c >= 0 && c < width) found.push(r * width + c)
    }
  return found
}

/** The connected parts of the pixels that are wanted, each as the set of its pixels. */
export function componentsOf(
  map: ClassMap,
  wanted: (kind: number, at: number) => boolean,
  corners: 'corners' | 'sides',
): ReadonlySet<number>[] {
  const seen = new Set<number>()
  const components: ReadonlySet<number>[] = []
  for (let start = 0; start < map.classes.length; start++) {
    if (seen.has(start) || !wanted(map.classes[start]!, start)) continue
    const component = new Set([start])
    // A set is visited in the order of insertion, what is added meanwhile included.
    for (const at of component)
      for (const near of neighborsOf(map, at, corners))
        if (wanted(map.classes[near]!, near)) component.add(near)
    for (const at of component) seen.add(at)
    components.push(component)
  }
  return components
}
