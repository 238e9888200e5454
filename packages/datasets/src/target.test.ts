import { DataError, DomainError } from '@deepstruct/tensor'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { hashedTokens } from './hashed-tokens.ts'
import { loadClassification } from './node/load-classification.ts'
import { isSparse } from './sparse.ts'
import { parseTargetArff, parseTargetCsv } from './target.ts'

const csv = 'petal,kind,width\n1.4,setosa,0.2\n4.7,versicolor,1.4\n1.3,setosa,0.3\n'
const arff = `@relation flowers
@attribute petal numeric
@attribute kind {versicolor,setosa}
@attribute wild {no,yes,maybe}
@data
1.4,setosa,yes
4.7,versicolor,no`

describe('parseTargetCsv', () => {
  it('takes the other columns as features, and the values of the target as classes', () => {
    const data = parseTargetCsv(csv, { target: 'kind' })
    expect(data.featureNames).toEqual(['petal', 'width'])
    expect(data.labelNames).toEqual(['setosa', 'versicolor'])
    const { x, y } = data.batch([1, 0])
    expect([...x.data].map((value) => Number(value.toFixed(3)))).toEqual([4.7, 1.4, 1.4, 0.2])
    expect([...y.data]).toEqual([0, 1, 1, 0])
  })

  it('sorts numbers as numbers', () => {
    const data = parseTargetCsv('a,b\n1,10\n1,9\n', { target: 'b' })
    expect(data.labelNames).toEqual(['9', '10'])
  })

  it.each([
    ['no such column', csv, { target: 'colour' }, 1],
    ['a class that is not given', csv, { target: 'kind', classes: ['setosa', 'other'] }, 3],
    ['a feature that is no number', csv, { target: 'petal' }, 2],
    ['a short line', 'a,b\n1,x\n2\n', { target: 'b' }, 3],
  ])('refuses %s, with the line', (_, text, options, line) => {
    const parse = (): unknown => parseTargetCsv(text, { file: 'flowers.csv', ...options })
    expect(parse).toThrow(DataError)
    expect(parse).toThrow(`flowers.csv:${line}:`)
  })

  it('refuses one class, no examples and no text', () => {
    expect(() => parseTargetCsv('a,b\n1,x\n', { target: 'b' })).toThrow('two classes')
    expect(() => parseTargetCsv('a,b\n', { target: 'b' })).toThrow('without examples')
    expect(() => parseTargetCsv('', { target: 'b' })).toThrow('empty')
  })
})

describe('parseTargetArff', () => {
  it('keeps the classes as declared, and encodes the other nominal attributes', () => {
    const data = parseTargetArff(arff, { target: 'kind' })
    expect(data.labelNames).toEqual(['versicolor', 'setosa'])
    expect(data.featureNames).toEqual(['petal', 'wild=no', 'wild=yes', 'wild=maybe'])
    const { x, y } = data.batch([0, 1])
    expect([...x.data].map((value) => Number(value.toFixed(3)))).toEqual([
      1.4, 0, 1, 0, 4.7, 1, 0, 0,
    ])
    expect([...y.data]).toEqual([0, 1, 1, 0])
  })

  it('takes classes 0 and 1, and refuses an attribute that is not there', () => {
    const binary = '@relation r\n@attribute a numeric\n@attribute b {0,1}\n@data\n2,1\n3,0'
    expect(parseTargetArff(binary, { target: 'b' }).labelNames).toEqual(['0', '1'])
    expect(() => parseTargetArff(binary, { target: 'c' })).toThrow('without the attribute "c"')
  })
})

describe('loadClassification', () => {
  it('reads by the ending, and checks the columns of a model', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'deepstruct-'))
    try {
      const [flowers, other] = [join(folder, 'flowers.csv'), join(folder, 'flowers.txt')]
      await writeFile(flowers, csv)
      const columns = { features: 2, classes: ['versicolor', 'setosa'] }
      const data = await loadClassification({ data: flowers, target: 'kind', columns })
      expect(data.labelNames).toEqual(columns.classes)
      const wrong = { data: flowers, target: 'kind', columns: { ...columns, features: 3 } }
      await expect(loadClassification(wrong)).rejects.toThrow('the number of features is 2')
      await expect(loadClassification({ data: other, target: 'kind' })).rejects.toThrow('.txt')
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

describe('hashedTokens', () => {
  const sentences = [
    { tokens: ['Cats', 'sleep'], tags: ['NOUN', 'VERB'] },
    { tokens: ['cats'], tags: ['NOUN'] },
  ]
  const data = hashedTokens(sentences, { tagNames: ['NOUN', 'VERB'], columns: 1024 })

  it('has a sparse row for each token, with its tag', () => {
    expect(data.size).toBe(3)
    expect(isSparse(data.features)).toBe(true)
    expect([...data.batch([0, 1, 2]).y.data]).toEqual([1, 0, 0, 1, 1, 0])
  })

  it('words that are alike share columns, others hardly any', () => {
    const { x } = data.batch([0, 1, 2])
    const shared = (a: number, b: number): number =>
      Array.from({ length: 1024 }, (_, j) => x.data[a * 1024 + j]! * x.data[b * 1024 + j]!).reduce(
        (sum, value) => sum + value,
      )
    expect(shared(0, 2)).toBeGreaterThan(5)
    expect(shared(0, 1)).toBeLessThan(3)
  })

  it('refuses a tag without a name, and columns that are no power of 2', () => {
    expect(() => hashedTokens(sentences, { tagNames: ['NOUN'] })).toThrow(DomainError)
    expect(() => hashedTokens(sentences, { tagNames: ['NOUN', 'VERB'], columns: 1000 })).toThrow(
      'power of 2',
    )
  })
})
