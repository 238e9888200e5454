import { DataError } from '@deepstruct/tensor'
import { describe, expect, it } from 'vitest'
import { parseConll, parseConllTokens } from './conll.ts'
import { parseConllu } from './conllu.ts'

const refused = (read: () => unknown): string => {
  try {
    read()
  } catch (error) {
    expect(error).toBeInstanceOf(DataError)
    return (error as DataError).message
  }
  throw new Error('nothing was refused')
}

describe('parseConll', () => {
  const two = [
    { tokens: ['#', 'far'], tags: ['#', 'R'] },
    { tokens: ['lol'], tags: ['!'] },
  ]

  it.each(['\n', '\r\n'])('reads columns whose lines end in %j', (end) => {
    const lines = ['\uFEFF#\t#', 'far\tR', '', ' ', 'lol\t!']
    expect(parseConll(lines.join(end))).toEqual(two)
    expect(parseConll(`${lines.join(end)}${end}${end}`)).toEqual(two)
  })

  it('takes the last column as the tag, or the one that is named, and separates by spaces where no tab is', () => {
    const text = '-DOCSTART- -X- -X- O\n\nEU NNP B-NP B-ORG\nrejects  VBZ B-VP O\n'
    expect(parseConll(text)).toEqual([{ tokens: ['EU', 'rejects'], tags: ['B-ORG', 'O'] }])
    expect(parseConll(text, { tagColumn: 1 })[0]?.tags).toEqual(['NNP', 'VBZ'])
  })

  it('reads tokens alone', () => {
    expect(parseConllTokens('so\tR\nfar\n\nlol\n')).toEqual([['so', 'far'], ['lol']])
    expect(parseConllTokens('\n')).toEqual([])
  })

  it.each([
    ['so\tR\nfar\n', 'line 2'],
    ['so\tR\n\tR\n', 'line 2'],
    ['so\tR\n\nfar\t\n', 'line 3'],
    ['\n \n', 'without sentences'],
  ])('refuses %j and says where', (text, where) => {
    const message = refused(() => parseConll(text, { file: 'a.conll' }))
    expect(message).toContain('a.conll')
    expect(message).toContain(where.replace('line ', ''))
  })
})

describe('parseConllu', () => {
  const row = (id: string, form: string, upos = 'X', xpos = 'x'): string =>
    [id, form, form, upos, xpos, '_', '0', 'root', '_', '_'].join('\t')

  it.each(['\n', '\r\n'])('leaves comments, ranges and empty nodes out, lines end in %j', (end) => {
    const text = [
      '# sent_id = 1',
      row('0.1', 'empty'),
      row('1-2', "don't", '_', '_'),
      row('1', 'do', 'AUX', 'VBP'),
      row('2', "n't", 'PART', 'RB'),
      row('2.1', 'go', '_', '_'),
      row('3', '#', 'SYM', '#'),
      '',
      '# a comment alone',
      '',
      row('1', '_', 'PUNCT', ':'),
    ].join(end)
    const tokens = [['do', "n't", '#'], ['_']]
    expect(parseConllu(text).map((sentence) => sentence.tokens)).toEqual(tokens)
    expect(parseConllu(text).map(({ tags }) => tags)).toEqual([['AUX', 'PART', 'SYM'], ['PUNCT']])
    expect(parseConllu(text, { tags: 'xpos' })[1]?.tags).toEqual([':'])
  })

  it.each([
    [[row('1', 'a'), row('3', 'b')], 2, 'id'],
    [[row('1', 'a'), '2\tb\tb'], 2, '3 columns'],
    [[row('1', 'a', '_')], 1, 'upos'],
    [[row('1', '')], 1, 'form'],
    [[row('2-3', 'ab'), row('1', 'a')], 1, 'range'],
    [[row('1', 'a'), '', row('1', 'a'), row('2.1', 'b')], 4, 'empty node'],
    [['# text', row('1-2', 'ab')], 2, 'without words'],
  ])('refuses %#, and says where', (lines, line, what) => {
    const message = refused(() => parseConllu(lines.join('\n'), { file: 'a.conllu' }))
    expect(message).toMatch(new RegExp(`a\\.conllu.*${line}|${line}.*a\\.conllu`, 's'))
    expect(message).toContain(what)
  })

  it('refuses a file without sentences', () => {
    expect(refused(() => parseConllu('# nothing\n'))).toContain('without sentences')
  })
})
