import {
  add,
  concat,
  constant,
  div,
  DomainError,
  expandDims,
  max,
  mean,
  ndarray,
  pad,
  reshape,
  ShapeError,
  slice,
  type Tensor,
} from '@deepstruct/tensor'
import type { CropGrid } from './crop-grid.ts'
import type { TracedSolution } from './solution.ts'

/**
 * Solves images larger than the crops that a model was trained on: every crop of a grid by itself, all as one batch, then the mean at each
 * pixel over the crops that cover it.
 *
 * $$ y_p = \frac{1}{|\{c \ni p\}|} \sum_{c \ni p} y^{(c)}_p $$
 *
 * The energy of an image is the mean of its crops' energies, its trace the mean of theirs; its steps and its status are the largest of theirs.
 * What else a crop needs, for instance a mask to start from, can be further channels of `x`.
 *
 * @param solve - from crops `[n, grid.height, grid.width, channels]` to masks `[n, grid.height, grid.width]`
 * @param x - images `[batch, height, width, channels]`
 * @returns masks `[batch, height, width]`
 * @throws {@link @deepstruct/tensor!ShapeError} when `x` are no images, or what is solved has not the size of a crop
 * @throws {@link @deepstruct/tensor!DomainError} when a crop is larger than the images, or pixels lie between the crops
 *
 * @example
 * ```ts
 * import { averageOverCrops } from '@deepstruct/inference'
 * import { filled, jit, mean, sum, type Tensor, zeros } from '@deepstruct/tensor'
 *
 * const brightness = (x: Tensor) => {
 *   const none = zeros([x.shape[0]!], 'int32')
 *   return { y: mean(x, 3), energy: sum(x, [1, 2, 3]), steps: none, status: none }
 * }
 * const solve = jit((x: Tensor) => averageOverCrops(brightness, x, { height: 24, width: 24, perSide: 3 }).y)
 * await solve(filled([2, 32, 32, 3], 0.5)) // [2, 32, 32] of 0.5
 * ```
 */
export function averageOverCrops(
  solve: (crops: Tensor) => TracedSolution,
  x: Tensor,
  grid: CropGrid,
): TracedSolution {
  const { height, width, perSide } = grid
  if (x.rank !== 4) throw wrongShape('x', x, '[batch, height, width, channels]')
  const [, rows, columns, channels] = x.shape as [number, number, number, number]
  const tops = cropOffsets(rows, height, perSide)
  const lefts = cropOffsets(columns, width, perSide)
  const places = tops.flatMap((top) => lefts.map((left) => ({ top, left })))
  if (places.length === 1) return solve(x)
  // The crops of an image are neighboring rows, so that an engine may split the images among workers.
  const crops = concat(
    places.map(({ top, left }) =>
      expandDims(slice(x, [0, top, left, 0], [-1, height, width, -1]), 1),
    ),
    1,
  )
  const { y, energy, steps, status, trace } = solve(reshape(crops, [-1, height, width, channels]))
  if (y.rank !== 3 || y.shape[1] !== height || y.shape[2] !== width)
    throw wrongShape('the result of solve', y, `[crops, ${height}, ${width}]`)
  const ofImage = (values: Tensor): Tensor => reshape(values, [-1, places.length])
  const masks = reshape(y, [-1, places.length, height, width])
  const sums = places
    .map(({ top, left }, i) =>
      pad(reshape(slice(masks, [0, i, 0, 0], [-1, 1, -1, -1]), [-1, height, width]), [
        [0, 0],
        [top, rows - height - top],
        [left, columns - width - left],
      ]),
    )
    .reduce((total, part) => add(total, part))
  const covered = Float32Array.from({ length: rows * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns]
    return coverage(tops, height, row) * coverage(lefts, width, column)
  })
  return {
    y: div(sums, constant(ndarray(covered, [1, rows, columns]))),
    energy: mean(ofImage(energy), 1),
    steps: max(ofImage(steps), 1),
    status: max(ofImage(status), 1),
    ...(trace && { trace: mean(reshape(trace, [-1, places.length, trace.shape[1]!]), 1) }),
  }
}

/** Where the crops along one side begin. */
function cropOffsets(size: number, crop: number, count = Math.ceil(size / crop)): number[] {
  const refuse = (argument: string, got: number, expected: string, why: string): never => {
    throw new DomainError({
      function: 'averageOverCrops',
      argument,
      got: String(got),
      expected,
      why,
    })
  }
  if (!(Number.isInteger(crop) && crop >= 1 && crop <= size))
    refuse('a side of grid', crop, `an integer from 1 to ${size}`, 'a crop is a part of the image')
  if (!(Number.isInteger(count) && count * crop >= size))
    refuse(
      'grid.perSide',
      count,
      `an integer of at least ${Math.ceil(size / crop)}`,
      'crops cover the image',
    )
  if (count === 1) return [0]
  const offsets = Array.from({ length: count }, (_, i) =>
    Math.round((i * (size - crop)) / (count - 1)),
  )
  return [...new Set(offsets)]
}

function coverage(offsets: readonly number[], crop: number, position: number): number {
  return offsets.filter((offset) => offset <= position && position < offset + crop).length
}

function wrongShape(argument: string, x: Tensor, expected: string): ShapeError {
  return new ShapeError({
    function: 'averageOverCrops',
    argument,
    got: `of shape [${x.shape.join(', ')}]`,
    expected,
  })
}
