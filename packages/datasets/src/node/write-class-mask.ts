import { type NDArray, ndarray, ShapeError } from '@deepstruct/tensor'
import { classMap } from '../class-map.ts'
import { encodePng } from '../png.ts'
import { type ImageSize, resizeImages } from '../resize-images.ts'
import { writePng } from './write-png.ts'

/**
 * Writes a mask of several classes as a gray PNG whose values are the classes, which `loadImagePairs` reads with `classes`. Folders that are
 * missing are made.
 *
 * @param file - `*.png`
 * @param scores - `[height, width, classes]`, of at most 256; they are resized before the class of the highest score is taken
 * @param size - of the file's image; default that of the scores
 * @throws `ShapeError` when the scores have another number of axes or more than 256 classes
 * @throws `DataError` when the file cannot be written
 */
export async function writeClassMask(
  file: string,
  scores: NDArray,
  size?: ImageSize,
): Promise<void> {
  const [height = 0, width = 0, classes = 0] = scores.shape
  if (scores.shape.length !== 3 || classes > 256)
    throw new ShapeError({
      function: 'writeClassMask',
      argument: 'scores',
      got: `of shape [${scores.shape.join(', ')}]`,
      expected: '[height, width, classes], of at most 256 classes',
    })
  const { height: rows, width: columns } = size ?? { height, width }
  const { data } = resizeImages(ndarray(scores.data, [1, height, width, classes]), {
    height: rows,
    width: columns,
  })
  const { classes: chosen } = classMap(
    'writeClassMask',
    ndarray(data, [rows, columns, classes]),
    classes,
  )
  const values = Float32Array.from(chosen, (kind) => kind / 255)
  await writePng('writeClassMask', file, encodePng(ndarray(values, [rows, columns])))
}
