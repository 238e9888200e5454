import { describe, expect, it } from 'vitest'
import { parseArff } from './arff.ts'
import { toDense } from './sparse.ts'

const header = '@relation r\n@attribute a numeric\n@attribute b {x,y,z}\n@data\n'
const failure = (text: string): unknown => {
  try {
    parseArff(text, { file: 'r.arff' })
  } catch (error) {
    return error
  }
  return 'no error'
}

describe('parseArff', () => {
  it('reads dense rows: numbers, and positions of nominal values', () => {
    const table = parseArff(`${header}1.5,y\n-2e-1,x\n`)
    expect(table.relation).toBe('r')
    expect(table.attributes).toEqual([
      { name: 'a', line: 2 },
      { name: 'b', values: ['x', 'y', 'z'], line: 3 },
    ])
    expect(Array.from(toDense(table.cells).data)).toEqual([1.5, 1, Math.fround(-0.2), 0])
    expect(table).toMatchObject({ sparse: false, lines: Int32Array.of(5, 6) })
  })

  it('reads sparse rows, the empty one too', () => {
    const table = parseArff(`${header}{1 z}\n{}\n{ 0 3 , 1 y }\n`)
    expect(table.sparse).toBe(true)
    expect(Array.from(toDense(table.cells).data)).toEqual([0, 2, 0, 0, 3, 1])
  })

  it('reads quoted names and values, comments, any case, blank lines and CRLF', () => {
    const table = parseArff(
      [
        '% a comment',
        "@RELATION 'two words'",
        '',
        String.raw`@Attribute 'it\'s, "one"' REAL`,
        `@attribute "b c"   { 'x, y' , "}" , plain }`,
        '@attribute 17 integer',
        '@DATA',
        '% another',
        `1,'x, y',2`,
        '3,"}",4',
        '  5 , plain , 6  ',
        `{1 'x, y', 2 7}`,
      ].join('\r\n'),
    )
    expect(table.relation).toBe('two words')
    expect(table.attributes.map(({ name }) => name)).toEqual([`it's, "one"`, 'b c', '17'])
    expect(table.attributes[1]?.values).toEqual(['x, y', '}', 'plain'])
    expect(Array.from(toDense(table.cells).data)).toEqual([1, 0, 2, 3, 1, 4, 5, 2, 6, 0, 0, 7])
    expect(Array.from(table.lines)).toEqual([9, 10, 11, 12])
  })

  it.each([
    ['too few columns', `${header}1.5\n`, 'r.arff:5: parseArff: row is 1 columns, expected 2'],
    [
      'too many columns',
      `${header}1,x\n1,x,3\n`,
      'r.arff:6: parseArff: row is 3 columns, expected 2',
    ],
    [
      'an unknown nominal value',
      `${header}1,w\n`,
      'r.arff:5: parseArff: value of attribute "b" is "w", expected one of {x,y,z}',
    ],
    ['text after a closing quote', `${header}1,'x'y\n`, 'expected one of {x,y,z}'],
    [
      'a missing value',
      `${header}?,x\n`,
      'r.arff:5: parseArff: value of attribute "a" is missing (?)',
    ],
    [
      'a missing nominal value',
      `${header}1,?\n`,
      'r.arff:5: parseArff: value of attribute "b" is missing (?)',
    ],
    ['an empty cell', `${header},x\n`, 'value of attribute "a" is "", expected a finite number'],
    [
      'NaN',
      `${header}NaN,x\n`,
      'r.arff:5: parseArff: value of attribute "a" is "NaN", expected a finite number',
    ],
    ['infinity', `${header}-Infinity,x\n`, 'is "-Infinity", expected a finite number'],
    ['a number beyond float32', `${header}1e39,x\n`, 'is "1e39", expected a finite number'],
    ['a word for a number', `${header}one,x\n`, 'is "one", expected a finite number'],
    [
      'an attribute number out of range',
      `${header}{2 1}\n`,
      'r.arff:5: parseArff: attribute number is "2", expected an integer from 0 to 1',
    ],
    ['a negative attribute number', `${header}{0 1,-1 1}\n`, 'attribute number is "-1"'],
    [
      'a repeated attribute number',
      `${header}{0 1,0 2}\n`,
      'r.arff:5: parseArff: attribute number is 0 after 0, expected ascending',
    ],
    ['descending attribute numbers', `${header}{1 x,0 2}\n`, 'attribute number is 0 after 1'],
    [
      'a sparse entry without value',
      `${header}{0}\n`,
      'entry is "0", expected an attribute number and a value',
    ],
    ['a sparse row cut off', `${header}{0 1,1\n`, 'r.arff:5: parseArff: row is cut off'],
    ['an open quote', `${header}1,'x\n`, 'r.arff:5: parseArff: row is with an open quote'],
    ['an empty file', ' \n\n', 'r.arff: parseArff: file is empty'],
    ['no @data', '@relation r\n@attribute a numeric\n', 'r.arff: parseArff: file is without @data'],
    [
      'rows before @data',
      '@relation r\n@attribute a numeric\n1\n',
      'r.arff:3: parseArff: header is "1", expected @relation, @attribute or @data',
    ],
    ['no rows', header, 'r.arff: parseArff: file is without rows'],
    [
      'no attributes',
      '@relation r\n@data\n1\n',
      'r.arff:2: parseArff: header is without attributes',
    ],
    [
      'a repeated attribute',
      '@attribute a real\n@attribute a real\n@data\n1,1\n',
      'r.arff:2: parseArff: attribute is "a" again, expected a new name (it is declared at line 1)',
    ],
    [
      'a repeated nominal value',
      '@attribute a {0,0}\n@data\n0\n',
      'r.arff:1: parseArff: type of attribute "a" is "{0,0}"',
    ],
    [
      'a type that is not supported',
      '@attribute a string\n@data\nq\n',
      'r.arff:1: parseArff: type of attribute "a" is "string"',
    ],
    [
      'an open quote in a name',
      "@attribute 'a real\n@data\n1\n",
      'r.arff:1: parseArff: attribute is',
    ],
  ])('refuses %s, with file and line', (_what, text, message) => {
    expect(failure(text)).toMatchObject({
      name: 'DataError',
      message: expect.stringContaining(message),
    })
  })
})
