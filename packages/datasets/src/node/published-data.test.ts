import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isSparse, type SparseMatrix } from '../sparse.ts'
import { tagNamesOf } from '../tagging/tagged-dataset.ts'
import type { TaggedSentence } from '../tagging/tagged-sentence.ts'
import { readNpy } from './files.ts'
import {
  loadBibtex,
  loadDelicious,
  loadEmotions,
  loadScene,
  loadYeast,
  type TrainAndTest,
} from './load-named.ts'
import { loadEnglishWebTreebank, loadTwitterPos } from './load-tagged.ts'
import type { LoadNamedOptions } from './named-file.ts'
import { loadWeizmannHorses } from './weizmann-horses.ts'

const dataDir =
  process.env['DEEPSTRUCT_DATA'] ?? resolve(import.meta.dirname, '../../../../../shared/data')
const present = existsSync(dataDir)
const where = present ? '' : ' (skipped: no data folder; set DEEPSTRUCT_DATA to one)'

const cardinality = ({ values, rows }: SparseMatrix): number => values.length / rows

/** The counts that the data folder's README states. */
const published: readonly {
  readonly name: string
  readonly load: (options: LoadNamedOptions) => Promise<TrainAndTest>
  readonly examples: readonly [train: number, test: number]
  readonly features: number
  readonly labels: number
  readonly perExample: readonly [train: number, test: number]
  readonly digits: number
  readonly sparse: boolean
  readonly unlabeled: readonly [train: number, test: number]
}[] = [
  {
    name: 'Bibtex',
    load: loadBibtex,
    examples: [4880, 2515],
    features: 1836,
    labels: 159,
    perExample: [2.3803, 2.4437],
    digits: 4,
    sparse: true,
    unlabeled: [0, 0],
  },
  {
    name: 'Delicious',
    load: loadDelicious,
    examples: [12920, 3185],
    features: 500,
    labels: 983,
    perExample: [19.047, 18.91],
    digits: 3,
    sparse: true,
    unlabeled: [10, 4],
  },
  {
    name: 'Yeast',
    load: loadYeast,
    examples: [1500, 917],
    features: 103,
    labels: 14,
    perExample: [4.228, 4.252],
    digits: 3,
    sparse: false,
    unlabeled: [0, 0],
  },
  {
    name: 'Scene',
    load: loadScene,
    examples: [1211, 1196],
    features: 294,
    labels: 6,
    perExample: [1.0619, 1.0861],
    digits: 4,
    sparse: false,
    unlabeled: [0, 0],
  },
  {
    name: 'Emotions',
    load: loadEmotions,
    examples: [391, 202],
    features: 72,
    labels: 6,
    perExample: [1.8133, 1.9752],
    digits: 4,
    sparse: false,
    unlabeled: [0, 0],
  },
]

describe.skipIf(!present)(`the published sets have the counts stated for them${where}`, () => {
  it.each(published)('$name', async (set) => {
    const { train, test } = await set.load({ dataDir })
    for (const [part, dataset] of [train, test].entries()) {
      expect(dataset.size).toBe(set.examples[part])
      expect(dataset.featureNames).toHaveLength(set.features)
      expect(dataset.labelNames).toHaveLength(set.labels)
      expect(Number(cardinality(dataset.labels).toFixed(set.digits))).toBe(set.perExample[part])
      expect(isSparse(dataset.features)).toBe(set.sparse)
      const { x, y } = dataset.batch([0, dataset.size - 1])
      expect([x.shape, y.shape]).toEqual([
        [2, set.features],
        [2, set.labels],
      ])
      const { offsets } = dataset.labels
      const unlabeled = offsets.subarray(1).filter((end, row) => end === offsets[row]).length
      expect(unlabeled).toBe(set.unlabeled[part])
    }
    expect(test.labelNames).toEqual(train.labelNames)
    expect(test.featureNames).toEqual(train.featureNames)
  })

  it('Weizmann horses as .npy, with the share of foreground', async () => {
    const folder = join(dataDir, 'weizmann_horse_32/derived')
    const images = await readNpy(join(folder, 'images_u8_328x32x32x3.npy'))
    const masks = await readNpy(join(folder, 'masks_u8_328x32x32.npy'))
    expect(images.shape).toEqual([328, 32, 32, 3])
    expect(masks.shape).toEqual([328, 32, 32])
    const foreground = Array.from(masks.data).reduce((sum, value) => sum + value, 0)
    expect(foreground / masks.data.length).toBeCloseTo(0.2765, 4)
  })

  it('Weizmann horses in their split, each record once', async () => {
    const { train, dev, test } = await loadWeizmannHorses({ dataDir })
    expect([train.size, dev.size, test.size]).toEqual([160, 40, 128])
    const names = [train, dev, test].flatMap((part) => part.names)
    expect(new Set(names).size).toBe(328)
    expect(names).toContain('image-0.png')
    expect(names).toContain('image-327.png')
    const { x, y } = test.batch([0, 127])
    expect([x.shape, y.shape]).toEqual([
      [2, 32, 32, 3],
      [2, 32, 32],
    ])
  })
})

describe.skipIf(!present)(`tagged sentences${where}`, () => {
  const counts = (sentences: readonly TaggedSentence[]): readonly [number, number] => [
    sentences.length,
    sentences.reduce((total, { tokens }) => total + tokens.length, 0),
  ]

  it('of Twitter are as many as published, with 25 tags', async () => {
    const { train, dev, test, daily } = await loadTwitterPos({ dataDir })
    expect([train, dev, test, daily].map(counts)).toEqual([
      [1000, 14619],
      [327, 4823],
      [500, 7152],
      [547, 7707],
    ])
    expect(tagNamesOf(train)).toHaveLength(25)
  })

  it('of the English Web Treebank have the 17 universal tags', async () => {
    const { train, dev, test } = await loadEnglishWebTreebank({ dataDir })
    expect([train, dev, test].map(({ length }) => length)).toEqual([12544, 2001, 2077])
    expect(tagNamesOf(train)).toHaveLength(17)
  })
})
