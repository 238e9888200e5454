import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { type ParseOptions, placeOf, quoted } from './place.ts'

/**
 * Reads the label names of a Mulan XML file, `<labels><label name="…"/>…</labels>`. The labels of a hierarchy, nested in each
 * other, are listed parents first.
 *
 * @param xml - the whole file
 * @throws `DataError` when the XML is malformed, names no label, or names one twice
 */
export function parseMulanLabels(xml: string, options: ParseOptions = {}): string[] {
  const place = placeOf('parseMulanLabels', options.file)
  if (xml.trim() === '') throw place.error(undefined, 'file', 'empty', 'a Mulan XML file of labels')
  const valid = XMLValidator.validate(xml)
  if (valid !== true)
    throw place.error(valid.err.line, 'XML', `malformed: ${valid.err.msg}`, 'well-formed XML')
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    trimValues: false,
    alwaysCreateTextNode: true,
    isArray: (name, _path, _leaf, isAttribute) => name === 'label' && !isAttribute,
  })
  const names: string[] = []
  const seen = new Set<string>()
  const visit = (node: unknown): void => {
    for (const label of childLabels(node)) {
      const name = label['name']
      if (typeof name !== 'string' || name === '')
        throw place.error(undefined, 'label', 'without a name', 'an attribute name="…"')
      if (seen.has(name))
        throw place.error(undefined, 'label', `${quoted(name)} again`, 'each label once')
      seen.add(name)
      names.push(name)
      visit(label)
    }
  }
  const root: unknown = parser.parse(xml)
  visit(isRecord(root) ? root['labels'] : undefined)
  if (names.length === 0)
    throw place.error(
      undefined,
      'file',
      'without labels',
      '<labels> with at least one <label name="…">',
    )
  return names
}

function childLabels(node: unknown): readonly Record<string, unknown>[] {
  const labels = isRecord(node) ? node['label'] : undefined
  return Array.isArray(labels) ? labels.filter(isRecord) : []
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
