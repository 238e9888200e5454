import { DomainError, type NDArray, ShapeError, sizeOf } from '@deepstruct/tensor'

/** The extents of an array whose first axis counts examples. */
export interface Extents {
  /** Length of the first axis. */
  readonly examples: number
  /** Elements of one example: the number of labels, or of pixels. */
  readonly width: number
}

/**
 * Checks scores against labels.
 *
 * @returns the extents of both
 * @throws ShapeError unless both are `[examples, labels]`, equal and not empty
 * @throws DomainError for a score that is not finite or a label outside {0, 1}
 */
export function checkScores(fn: string, scores: NDArray, labels: NDArray): Extents {
  const extents = checkShapes(fn, ['scores', scores], ['labels', labels], 'matrix')
  checkFinite(fn, scores)
  checkBinary(fn, 'labels', labels)
  return extents
}

/**
 * Checks predictions in {0, 1} against labels, both `[examples, labels]`.
 *
 * @returns the extents of both
 * @throws ShapeError unless both are matrices, equal in shape and not empty
 * @throws DomainError for an element outside {0, 1}
 */
export function checkPredictions(fn: string, predicted: NDArray, labels: NDArray): Extents {
  const extents = checkShapes(fn, ['predicted', predicted], ['labels', labels], 'matrix')
  checkBinary(fn, 'predicted', predicted)
  checkBinary(fn, 'labels', labels)
  return extents
}

/**
 * Checks predicted masks in {0, 1} against true ones, both `[examples, …]`.
 *
 * @returns the extents of both
 * @throws ShapeError unless both are equal in shape, of two axes or more, and not empty
 * @throws DomainError for an element outside {0, 1}
 */
export function checkMasks(fn: string, predicted: NDArray, masks: NDArray): Extents {
  const extents = checkShapes(fn, ['predicted', predicted], ['masks', masks], 'any')
  checkBinary(fn, 'predicted', predicted)
  checkBinary(fn, 'masks', masks)
  return extents
}

/** @throws DomainError when an element is NaN or infinite */
export function checkFinite(fn: string, scores: NDArray): void {
  const cell = scores.data.findIndex((score) => !Number.isFinite(score))
  if (cell !== -1)
    throw new DomainError({
      function: fn,
      argument: `scores${place(scores, cell)}`,
      got: `${scores.data[cell]}`,
      expected: 'a finite number',
    })
}

/** @throws DomainError when the threshold is NaN or infinite */
export function checkThreshold(fn: string, argument: string, threshold: number): void {
  if (!Number.isFinite(threshold))
    throw new DomainError({
      function: fn,
      argument,
      got: `${threshold}`,
      expected: 'a finite number',
    })
}

function checkBinary(fn: string, argument: string, array: NDArray): void {
  const cell = array.data.findIndex((value) => value !== 0 && value !== 1)
  if (cell !== -1)
    throw new DomainError({
      function: fn,
      argument: `${argument}${place(array, cell)}`,
      got: `${array.data[cell]}`,
      expected: '0 or 1',
      ...(argument === 'predicted' ? { why: 'binarize turns scores into predictions' } : {}),
    })
}

function checkShapes(
  fn: string,
  [argument, given]: readonly [string, NDArray],
  [other, truth]: readonly [string, NDArray],
  rank: 'matrix' | 'any',
): Extents {
  const axes = truth.shape.length
  if (rank === 'matrix' ? axes !== 2 : axes < 2)
    throw new ShapeError({
      function: fn,
      argument: other,
      got: `of shape ${shapeText(truth)}`,
      expected: rank === 'matrix' ? '[examples, labels]' : '[examples, …] with two axes or more',
    })
  if (given.shape.length !== axes || given.shape.some((extent, i) => extent !== truth.shape[i]))
    throw new ShapeError({
      function: fn,
      argument,
      got: `of shape ${shapeText(given)}`,
      expected: `${shapeText(truth)} to match ${other}`,
    })
  if (truth.data.length === 0)
    throw new ShapeError({
      function: fn,
      argument: other,
      got: `of shape ${shapeText(truth)}`,
      expected: 'at least one example and one element in each',
      why: 'a mean over nothing has no value',
    })
  const examples = truth.shape[0] ?? 0
  return { examples, width: truth.data.length / examples }
}

function shapeText({ shape }: NDArray): string {
  return `[${shape.join(', ')}]`
}

function place({ shape }: NDArray, cell: number): string {
  const index: number[] = []
  let block = sizeOf(shape)
  let rest = cell
  for (const extent of shape) {
    block /= extent
    index.push(Math.floor(rest / block))
    rest %= block
  }
  return `[${index.join(', ')}]`
}
