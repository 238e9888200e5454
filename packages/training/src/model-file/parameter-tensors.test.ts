import {
  array,
  DomainError,
  ModelFileError,
  type NDArray,
  ndarray,
  type Tree,
} from '@deepstruct/tensor'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parametersToTensors, tensorsToParameters } from '../index.ts'

const one = array([1])
const two = array([2])

describe('parameters as tensors', () => {
  it('have dotted names', () => {
    const tree = { layers: [{ kernel: one, bias: two }, [one]], scale: two }
    const tensors = parametersToTensors(tree)
    expect(Object.keys(tensors)).toEqual([
      'layers.0.kernel',
      'layers.0.bias',
      'layers.1.0',
      'scale',
    ])
    expect(tensorsToParameters(tensors)).toEqual(tree)
  })

  it('come back exactly, in whatever order the tensors stand', () => {
    fc.assert(
      fc.property(trees, fc.boolean(), (tree, reverse) => {
        const entries = Object.entries(parametersToTensors(tree))
        const ordered = reverse ? entries.toReversed() : entries
        expect(tensorsToParameters(Object.fromEntries(ordered))).toStrictEqual(tree)
      }),
    )
  })

  it('keep empty lists and objects apart, and lists of more than ten in order', () => {
    const tree = { hidden: [], rest: {}, many: Array.from({ length: 12 }, (_, i) => array([i])) }
    expect(tensorsToParameters(parametersToTensors(tree))).toStrictEqual(tree)
    expect(tensorsToParameters(parametersToTensors([]))).toStrictEqual([])
    expect(tensorsToParameters(parametersToTensors({}))).toStrictEqual({})
  })

  it.each(['', 'a.b', '0', '12', '[]', '{}'])('refuse the key "%s"', (key) => {
    expect(() => parametersToTensors({ mlp: { [key]: one } })).toThrow(DomainError)
    expect(() => parametersToTensors({ mlp: { [key]: one } })).toThrow(
      'parametersToTensors: a key of parameters.mlp is ',
    )
  })

  it('refuse what is no tree of arrays', () => {
    expect(() => parametersToTensors(one)).toThrow(DomainError)
    expect(() => parametersToTensors(missing())).toThrow(
      'parametersToTensors: parameters.bias is undefined, expected an array, a list or a plain object',
    )
  })

  it.each([
    ['a leaf that is a branch', { 'a.b': one, a: two }],
    ['a branch that is a leaf', { a: one, 'a.b': two }],
    ['a list with a gap', { 'a.0': one, 'a.2': two }],
    ['a list that starts at 1', { 'a.1': one }],
    ['a list with a name in it', { 'a.0': one, 'a.b': two }],
    ['a leading zero', { 'a.00': one }],
    ['an empty part', { 'a..b': one }],
    ['an empty list with an element', { 'a.[]': ndarray(new Float32Array(0)), 'a.b': one }],
    ['an empty list that holds something', { 'a.[]': one }],
  ])('refuse names that are no tree: %s', (_, tensors: Record<string, NDArray>) => {
    expect(() => tensorsToParameters(tensors, { file: 'm' })).toThrow(ModelFileError)
    expect(() => tensorsToParameters(tensors, { file: 'm' })).toThrow(
      'm: tensorsToParameters: tensor',
    )
  })
})

/** Optional parts are a frequent slip; types forbid them, plain JavaScript does not. */
function missing(): Tree<NDArray> {
  const tree: Record<string, NDArray> = { kernel: one }
  Object.assign(tree, { bias: undefined })
  return tree
}

const key = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 5 })
  .filter((name) => !/^\d+$|\./.test(name) && name !== '[]' && name !== '{}')
const leaf = fc.constantFrom(one, two, ndarray(new Float32Array(0), [0]))
const { trees } = fc.letrec<{ trees: Tree<NDArray>; node: Tree<NDArray> }>((tie) => ({
  trees: fc.oneof(
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(key, tie('node'), { maxKeys: 3, noNullPrototype: true }),
  ),
  node: fc.oneof({ depthSize: 'small' }, leaf, tie('trees')),
}))
