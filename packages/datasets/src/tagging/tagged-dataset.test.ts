import { DomainError, random } from '@deepstruct/tensor'
import { describe, expect, it } from 'vitest'
import { split } from '../split.ts'
import { parseConll } from './conll.ts'
import { paddedLength } from './padded-length.ts'
import { taggedDataset, tagNamesOf } from './tagged-dataset.ts'
import { tokenFeatures, tokenShape } from './token-features.ts'
import { fitVocabularies, tokenEncoder, vocabularySizes } from './vocabulary.ts'

const sentences = parseConll('The\tD\ncat\tN\nsat\tV\n\nthe\tD\nhat\tN\n\nhat\tV\n')

describe('token features', () => {
  it.each([
    ['Walking', 'Xx'],
    ['iPhone', 'xXx'],
    ['USA', 'X'],
    ['10:30', '9:9'],
    ["don't", "x'x"],
    ['!!!!', '!'],
    ['http://t.co/BAh2iUL', 'url'],
    ['WWW.A.B', 'url'],
    ['@', '@'],
    ['@e_one', '@'],
    ['#MND', '#'],
    ['#1', '#'],
    ['Éa', 'Xx'],
    ['日本', 'x'],
  ])('know the shape of %s', (token, shape) => {
    expect(tokenShape(token)).toBe(shape)
  })

  it('cut endings between characters', () => {
    expect(tokenFeatures.suffix2('a👍🏽'.normalize())).toBe('👍🏽')
    expect(tokenFeatures.suffix3('ED')).toBe('ed')
  })
})

describe('vocabularies', () => {
  it('keep what is frequent, the most frequent first', () => {
    const vocabularies = fitVocabularies(sentences, { features: ['word', 'suffix1'] })
    expect(vocabularies).toEqual([
      { feature: 'word', values: ['hat', 'the'] },
      { feature: 'suffix1', values: ['t', 'e'] },
    ])
    expect(vocabularySizes(vocabularies)).toEqual([4, 4])
    expect([...tokenEncoder(vocabularies)(['Hat', 'sat', 'X'])]).toEqual([2, 2, 1, 2, 1, 1])
  })

  it('are bounded', () => {
    const [word] = fitVocabularies(sentences, { features: ['word'], minCount: 1, maxSize: 3 })
    expect(word?.values).toEqual(['hat', 'the', 'cat'])
    expect(() => fitVocabularies(sentences, { minCount: 0 })).toThrow(DomainError)
    expect(() => fitVocabularies(sentences, { features: [] })).toThrow(DomainError)
  })
})

describe('taggedDataset', () => {
  const vocabularies = fitVocabularies(sentences, { features: ['word'], minCount: 1 })
  const tagNames = tagNamesOf(sentences)
  const lengths = [2, 4]
  const dataset = taggedDataset({ sentences, vocabularies, tagNames, lengths })

  it('pads a batch to the first length that all of it fits into', () => {
    const { x, y } = dataset.batch([2, 0])
    expect(x).toMatchObject({ shape: [2, 4, 1], dtype: 'int32' })
    expect([...x.data]).toEqual([2, 0, 0, 0, 3, 4, 5, 0])
    expect(y).toMatchObject({ shape: [2, 4, 3], dtype: 'float32' })
    expect([...y.data.subarray(0, 6)]).toEqual([0, 0, 1, 0, 0, 0])
    expect([...y.data.subarray(12)]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0])
    expect(dataset.batch([1]).x.shape).toEqual([1, 2, 1])
  })

  it('cuts nothing off', () => {
    expect(paddedLength([9, 200])).toBe(200)
    expect(paddedLength([9])).toBe(16)
    expect(paddedLength([])).toBe(8)
  })

  it('has subsets that are the same as the rows', () => {
    const subset = dataset.subset([1, 2])
    expect(subset.size).toBe(2)
    expect(subset.sentences).toEqual(sentences.slice(1))
    expect(subset.batch([1])).toEqual(dataset.batch([2]))
    const [rest, part] = split(dataset, 0.34, random(1))
    expect([rest.size, part.size]).toEqual([2, 1])
  })

  it('refuses tags without a name, and other than one for each token', () => {
    expect(() => taggedDataset({ sentences, vocabularies, tagNames: ['D', 'N'] })).toThrow(
      'sentences[0].tags[2]',
    )
    const crooked = [{ tokens: ['a'], tags: [] }]
    expect(() => taggedDataset({ sentences: crooked, vocabularies, tagNames })).toThrow(DomainError)
  })
})
