import { expect, it } from 'vitest'
import { DataError, DeepstructError, ModelFileError, ShapeError } from './index.ts'

it('says where, what came, what was expected and why', () => {
  const error = new ShapeError({
    function: 'structuredHinge',
    argument: 'labels',
    got: '[32, 158]',
    expected: '[32, 159]',
    why: 'to match scores [batch, labels]',
  })
  expect(error.message).toBe(
    'structuredHinge: labels is [32, 158], expected [32, 159] (to match scores [batch, labels])',
  )
  expect(error).toBeInstanceOf(DeepstructError)
  expect(error.name).toBe('ShapeError')
  expect(error.details.argument).toBe('labels')
})

it('begins with file and line for data', () => {
  const details = { function: 'readArff', argument: 'value', got: "'x'", expected: '0 or 1' }
  expect(new DataError({ ...details, file: 'a.arff', line: 7 }).message).toMatch(
    /^a\.arff:7: readArff: value is 'x', expected 0 or 1$/,
  )
  expect(new DataError({ ...details, file: 'a.arff' }).message).toMatch(/^a\.arff: readArff/)
})

it('keeps the error underneath', () => {
  const cause = new Error('disk full')
  const details = { function: 'save', argument: 'path', got: 'full', expected: 'space' }
  expect(new ModelFileError({ ...details, cause }).cause).toBe(cause)
  expect('cause' in new ModelFileError(details)).toBe(false)
})
