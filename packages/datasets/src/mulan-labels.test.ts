import { describe, expect, it } from 'vitest'
import { parseMulanLabels } from './mulan-labels.ts'

describe('parseMulanLabels', () => {
  it('reads names as they are: numbers, spaces and entities', () => {
    const xml = `<?xml version="1.0" encoding="utf-8"?>
<labels xmlns="http://mulan.sourceforge.net/labels">
<label name="2.0"></label>
<label name=" two  words "/>
<!-- a comment -->
<label name="a&amp;b &quot;c&quot;"/>
</labels>`
    expect(parseMulanLabels(xml)).toEqual(['2.0', ' two  words ', 'a&b "c"'])
  })

  it('reads one label', () => {
    expect(parseMulanLabels('<labels><label name="only"/></labels>')).toEqual(['only'])
  })

  it('lists a hierarchy parents first', () => {
    const xml =
      '<labels><label name="a"><label name="b"><label name="c"/></label></label><label name="d"/></labels>'
    expect(parseMulanLabels(xml)).toEqual(['a', 'b', 'c', 'd'])
  })

  it.each([
    ['an empty file', '', 'l.xml: parseMulanLabels: file is empty'],
    [
      'malformed XML',
      '<labels>\n<label name="a">\n</labels>',
      'l.xml:3: parseMulanLabels: XML is malformed',
    ],
    ['no labels', '<labels></labels>', 'file is without labels'],
    ['another root', '<names><label name="a"/></names>', 'file is without labels'],
    ['a label without name', '<labels><label/></labels>', 'label is without a name'],
    [
      'a repeated label',
      '<labels><label name="a"/><label name="a"/></labels>',
      'label is "a" again',
    ],
  ])('refuses %s', (_what, xml, message) => {
    expect(() => parseMulanLabels(xml, { file: 'l.xml' })).toThrow(
      expect.objectContaining({ name: 'DataError', message: expect.stringContaining(message) }),
    )
  })
})
