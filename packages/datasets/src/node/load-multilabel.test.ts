import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { columnsOf } from '../columns.ts'
import { syntheticMultilabel } from '../synthetic.ts'
import { writeCsv, writeJsonl, writeMulan, writeSvmlight } from '../write.ts'
import { loadMultilabel, type LoadMultilabelOptions } from './load-multilabel.ts'

const { train: dataset } = syntheticMultilabel({
  seed: 0,
  examples: 10,
  testExamples: 1,
  blockSize: 4,
})
const columns = columnsOf(dataset)
const { arff, xml } = writeMulan(dataset)
let folder: string
const path = (name: string): string => join(folder, name)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepstruct-load-'))
  const files: Record<string, string | Uint8Array> = {
    'a.arff': arff,
    'a.arff.gz': gzipSync(arff),
    'cut.arff.gz': gzipSync(arff).subarray(0, 200),
    'a.xml': xml,
    'names.txt': dataset.labelNames.join('\n'),
    'none.txt': '\n',
    'a.svm': writeSvmlight(dataset),
    'a.libsvm.gz': gzipSync(writeSvmlight(dataset)),
    'a.csv': writeCsv(dataset),
    'a.jsonl': writeJsonl(dataset),
    'a.data': writeCsv(dataset),
    'empty.jsonl': '',
  }
  for (const [name, content] of Object.entries(files)) await writeFile(path(name), content)
})

afterAll(() => rm(folder, { recursive: true }))

describe('loadMultilabel', () => {
  it.each<[string, string | undefined, Omit<LoadMultilabelOptions, 'data' | 'labels'>]>([
    ['a.arff', 'a.xml', {}],
    ['a.arff.gz', 'a.xml', {}],
    ['a.arff', 'names.txt', {}],
    ['a.arff', undefined, { columns }],
    ['a.svm', undefined, { columns }],
    ['a.libsvm.gz', undefined, { columns }],
    ['a.csv', 'a.xml', {}],
    ['a.csv', undefined, { columns }],
    ['a.jsonl', undefined, { columns }],
    ['a.data', 'names.txt', { format: 'csv' }],
  ])('loads %s with labels %s', async (data, labels, options) => {
    const loaded = await loadMultilabel({
      data: path(data),
      ...(labels === undefined ? {} : { labels: path(labels) }),
      ...options,
    })
    const rows = [0, 3, 9]
    expect(loaded.batch(rows)).toEqual(dataset.batch(rows))
    expect(loaded.labelNames).toEqual(dataset.labelNames)
  })

  it('takes names, and for CSV a number of last columns', async () => {
    const byNames = await loadMultilabel({ data: path('a.arff'), labels: dataset.labelNames })
    const byNumber = await loadMultilabel({ data: path('a.csv'), labels: 4 })
    expect(byNumber.batch([1])).toEqual(byNames.batch([1]))
  })

  it.each<[string, Omit<LoadMultilabelOptions, 'data'> & { labelFile?: string }, string]>([
    ['a.data', {}, 'loadMultilabel: the file ending is .data, expected one of .arff'],
    ['a', {}, 'the file ending is missing'],
    ['a.arff', {}, 'loadMultilabel: labels is missing, expected the Mulan XML file'],
    ['a.csv', {}, 'loadMultilabel: labels is missing, expected the names of the label columns'],
    ['a.arff', { labels: 4 }, 'a number of columns is for CSV only'],
    [
      'a.arff',
      { labelFile: 'none.txt' },
      'none.txt: loadMultilabel: file is missing, expected one label name a line',
    ],
    ['absent.arff', { labels: ['l'] }, 'absent.arff: readBytes: file is unreadable (ENOENT'],
    ['a.arff', { labelFile: 'absent.xml' }, 'absent.xml: readBytes: file is unreadable'],
    [
      'cut.arff.gz',
      { labelFile: 'a.xml' },
      'cut.arff.gz: unpack: file is gzip data that are cut off',
    ],
    ['empty.jsonl', {}, 'empty.jsonl: parseJsonl: file is empty'],
    [
      'a.csv',
      { labels: 4, columns: { features: 3, labels: dataset.labelNames } },
      'a.csv: checkColumns: the number of features is',
    ],
    ['a.csv', { labels: 3, columns }, 'a.csv: checkColumns: the number of'],
  ])('refuses %s with %o', async (data, { labelFile, ...options }, message) => {
    const labels = labelFile === undefined ? {} : { labels: path(labelFile) }
    await expect(loadMultilabel({ data: path(data), ...options, ...labels })).rejects.toMatchObject(
      {
        name: 'DataError',
        message: expect.stringContaining(message),
      },
    )
  })
})
