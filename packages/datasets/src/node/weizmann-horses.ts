import { DataError, type NDArray, ndarray } from '@deepstruct/tensor'
import { decodeText } from '../bytes.ts'
import { type ImageDataset, imageDataset } from '../images.ts'
import { parseNpy } from '../npy.ts'
import { type LoadNamedOptions, namedFile } from './named-file.ts'
import type { NamedFile } from './named-sets.ts'

/** The horses with the split that papers use. */
export interface HorseSplit {
  /** 160 images. */
  readonly train: ImageDataset
  /** 40 images to choose settings on. */
  readonly dev: ImageDataset
  /** 128 images. */
  readonly test: ImageDataset
}

const folder = 'weizmann_horse_32'

const images: NamedFile = {
  name: 'derived/images_u8_328x32x32x3.npy',
  bytes: 1007744,
  sha256: 'de590507c6be576ee9e0a6ab6b479d0f5fbc0e962c938324c9f47160d1329e49',
}

const masks: NamedFile = {
  name: 'derived/masks_u8_328x32x32.npy',
  bytes: 336000,
  sha256: '670dedd81161ffa6cc134f0e0cc01c381e5d7553c945d4b5fd34a4f9b63cea94',
}

const split: NamedFile = {
  name: 'derived/split_indices.json',
  bytes: 1345,
  sha256: '50b235b356ae0ca5845184ca546b6f6d5c832d7dd933d584b2b64163277267d5',
}

/**
 * The Weizmann horses as 32 × 32 RGB images (Borenstein and Ullman, ECCV 2002), in the split of Li, Tarlow and Zemel (CVPR 2013) and of
 * Gygli, Norouzi and Angelova (ICML 2017): 200 images to train on, 40 of which are held out, and 128 to test on. They are looked for in
 * the data folder and the cache folder, as arrays `weizmann_horse_32/derived/*.npy` and `split_indices.json`; they are not downloaded.
 *
 * The names are those of the larger images: record `k`, counted from 1, is `image-<k − 1>.png`.
 *
 * @throws `DataError` when a file is missing or has another content
 */
export async function loadWeizmannHorses(options: LoadNamedOptions = {}): Promise<HorseSplit> {
  const read = (file: NamedFile): ReturnType<typeof namedFile> =>
    namedFile(folder, file, options, undefined)
  const array = async (file: NamedFile, scale: number): Promise<NDArray> => {
    const { content, path } = await read(file)
    const { data, shape } = parseNpy(content, { file: path })
    return ndarray(
      Float32Array.from(data, (value) => value / scale),
      shape,
    )
  }
  const all = imageDataset({ images: await array(images, 255), masks: await array(masks, 1) })
  const { content, path } = await read(split)
  const indices = JSON.parse(await decodeText(content, { file: path })) as Record<string, number[]>
  const part = (name: string): ImageDataset => {
    const records = indices[name]
    if (records === undefined)
      throw new DataError({
        function: 'loadWeizmannHorses',
        argument: name,
        got: 'missing',
        expected: 'the numbers of the records',
        file: path,
      })
    const rows = records.map((record) => record - 1)
    const { images: x, masks: y } = all.subset(rows)
    return imageDataset({ images: x, masks: y, names: rows.map((row) => `image-${row}.png`) })
  }
  return { train: part('train'), dev: part('val'), test: part('test') }
}
