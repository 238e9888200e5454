import { ndarray } from '@deepstruct/tensor'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCsv } from './csv.ts'
import { parseJsonl } from './jsonl.ts'
import { parseMulan } from './mulan.ts'
import { parseMulanLabels } from './mulan-labels.ts'
import { type MultilabelDataset, multilabelDataset } from './multilabel.ts'
import { toSparse } from './sparse.ts'
import { parseSvmlight } from './svmlight.ts'
import { writeCsv, writeJsonl, writeMulan, writeSvmlight } from './write.ts'

const float32 = fc.oneof(
  fc.constant(0),
  // Minus zero is zero once written sparsely.
  fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value)),
)
const names = (count: number) =>
  fc.uniqueArray(
    fc.string({
      minLength: 1,
      maxLength: 6,
      unit: fc.constantFrom(
        'a',
        'b',
        '1',
        ' ',
        ',',
        "'",
        '"',
        '\\',
        '%',
        '{',
        '}',
        '?',
        '&',
        '<',
        '>',
        'é',
      ),
    }),
    {
      minLength: count,
      maxLength: count,
      // The forms that trim their fields, as CSV does, cannot keep outer space.
      selector: (name) => name.trim(),
    },
  )
const table = (rows: number, columns: number, cell: fc.Arbitrary<number>) =>
  fc
    .array(cell, { minLength: rows * columns, maxLength: rows * columns })
    .map((values) => ndarray(values, [rows, columns]))
const sets: fc.Arbitrary<MultilabelDataset> = fc
  .tuple(
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 1, max: 4 }),
    fc.boolean(),
  )
  .chain(([rows, features, labels, sparse]) =>
    fc
      .tuple(
        table(rows, features, float32),
        table(rows, labels, fc.constantFrom(0, 1)),
        names(features + labels),
      )
      .map(([x, y, both]) => {
        const trimmed = both.map((name) => name.trim())
        return multilabelDataset({
          features: sparse ? toSparse(x) : x,
          labels: y,
          featureNames: trimmed.slice(0, features),
          labelNames: trimmed.slice(features),
        })
      }),
  )
  .filter((dataset) =>
    [...dataset.featureNames, ...dataset.labelNames].every((name) => name !== ''),
  )

const content = ({ features, labels, featureNames, labelNames }: MultilabelDataset) => ({
  features,
  labels,
  featureNames,
  labelNames,
})
const columnsOf = ({ featureNames, labelNames }: MultilabelDataset) => ({
  features: featureNames.length,
  labels: labelNames,
})

describe('what is written reads back the same', () => {
  it('as ARFF with XML', () => {
    fc.assert(
      fc.property(sets, (dataset) => {
        const { arff, xml } = writeMulan(dataset, 'a relation')
        expect(content(parseMulan(arff, parseMulanLabels(xml)))).toEqual(content(dataset))
      }),
    )
  })

  it('as svmlight, but for the names', () => {
    fc.assert(
      fc.property(sets, (dataset) => {
        const back = parseSvmlight(writeSvmlight(dataset), { columns: columnsOf(dataset) })
        expect(back.labels).toEqual(dataset.labels)
        const all = Array.from({ length: dataset.size }, (_, row) => row)
        expect(back.batch(all)).toEqual(dataset.batch(all))
      }),
    )
  })

  it('as CSV, dense', () => {
    fc.assert(
      fc.property(sets, (dataset) => {
        const back = parseCsv(writeCsv(dataset), { labels: dataset.labelNames.length })
        const all = Array.from({ length: dataset.size }, (_, row) => row)
        expect(back.batch(all)).toEqual(dataset.batch(all))
        expect(content(back)).toMatchObject({
          featureNames: dataset.featureNames,
          labelNames: dataset.labelNames,
        })
      }),
    )
  })

  it('as JSON lines, but for the names of features', () => {
    fc.assert(
      fc.property(sets, (dataset) => {
        const back = parseJsonl(writeJsonl(dataset), { columns: columnsOf(dataset) })
        expect(content(back)).toEqual({ ...content(dataset), featureNames: back.featureNames })
      }),
    )
  })
})
