import {
  DomainError,
  isNDArray,
  ModelFileError,
  type NDArray,
  ndarray,
  type Tree,
} from '@deepstruct/tensor'
import type { FileSource } from './decode-safetensors.ts'

// An empty list or object has no tensor that could name it; it is written as an empty tensor under one of these.
const EMPTY_LIST = '[]'
const EMPTY_OBJECT = '{}'
const DIGITS = /^\d+$/

/**
 * A tree of parameters as tensors with dotted names: `{ layers: [{ kernel }] }` has the name `layers.0.kernel`.
 * {@link tensorsToParameters} is the way back, exact for lists, objects and empty ones of both.
 *
 * @param parameters - lists and plain objects around arrays
 * @throws {@link @deepstruct/tensor!DomainError} for anything else in the tree, and for a key that a dotted name cannot
 * carry: an empty one, one with a dot, one of digits only, `[]` or `{}`
 *
 * @example
 * ```ts
 * import { array } from '@deepstruct/tensor'
 * import { parametersToTensors } from '@deepstruct/training'
 *
 * Object.keys(parametersToTensors({ layers: [{ kernel: array([[1]]), bias: array([0]) }] }))
 * // layers.0.kernel, layers.0.bias
 * ```
 */
export function parametersToTensors(parameters: Tree<NDArray>): Readonly<Record<string, NDArray>> {
  const entries: [string, NDArray][] = []
  const visit = (node: unknown, path: readonly string[]): void => {
    const name = path.join('.')
    if (isNDArray(node) && path.length > 0) entries.push([name, node])
    else if (isList(node)) {
      if (node.length === 0) entries.push([[...path, EMPTY_LIST].join('.'), nothing()])
      node.forEach((part, i) => visit(part, [...path, String(i)]))
    } else if (isPlainObject(node)) {
      const parts = Object.entries(node)
      if (parts.length === 0) entries.push([[...path, EMPTY_OBJECT].join('.'), nothing()])
      for (const [key, part] of parts) visit(part, [...path, checkKey(key, name)])
    } else throw notATree(node, name)
  }
  visit(parameters, [])
  return Object.fromEntries(entries)
}

/**
 * The tree behind tensors with dotted names; lists are where all names go on with 0, 1, 2, …
 *
 * @param tensors - arrays by dotted name
 * @param source - names the file in errors
 * @throws {@link @deepstruct/tensor!ModelFileError} when the names are not those of a tree
 */
export function tensorsToParameters(
  tensors: Readonly<Record<string, NDArray>>,
  source: FileSource = {},
): Tree<NDArray> {
  const root: Branch = new Map()
  for (const [name, tensor] of Object.entries(tensors)) {
    const path = name.split('.')
    const last = path.pop() ?? ''
    let branch = root
    for (const key of path) {
      const next = branch.get(key) ?? new Map<string, Node>()
      if (!(next instanceof Map)) throw notNames(name, 'below another tensor', source)
      branch.set(key, next)
      branch = next
    }
    if (branch.has(last)) throw notNames(name, 'above another tensor', source)
    branch.set(last, tensor)
  }
  return toTree(root, [], source)
}

type Node = NDArray | Branch
type Branch = Map<string, Node>

function toTree(node: Node, path: readonly string[], source: FileSource): Tree<NDArray> {
  if (!(node instanceof Map)) return node
  const keys = [...node.keys()]
  const child = (key: string): Tree<NDArray> =>
    toTree(node.get(key) ?? new Map<string, Node>(), [...path, key], source)
  if (keys.length === 1 && isNothing(node.get(EMPTY_LIST))) return []
  if (keys.length === 1 && isNothing(node.get(EMPTY_OBJECT))) return {}
  if (keys.some((key) => DIGITS.test(key))) {
    if (!keys.every((_, i) => node.has(String(i))))
      throw notNames([...path, keys[0]].join('.'), `beside ${keys.slice(1).join(', ')}`, source)
    return keys.map((_, i) => child(String(i)))
  }
  const wrong = keys.find((key) => !isKey(key))
  if (wrong !== undefined) throw notNames([...path, wrong].join('.'), 'no dotted name', source)
  return Object.fromEntries(keys.map((key) => [key, child(key)]))
}

function checkKey(key: string, parent: string): string {
  if (!isKey(key))
    throw new DomainError({
      function: 'parametersToTensors',
      argument: parent === '' ? 'a key of parameters' : `a key of parameters.${parent}`,
      got: JSON.stringify(key),
      expected: 'a name without dots that is not empty, all digits, [] or {}',
      why: 'dotted names could not be read back',
    })
  return key
}

function isKey(key: string): boolean {
  return (
    key !== '' &&
    key !== EMPTY_LIST &&
    key !== EMPTY_OBJECT &&
    !key.includes('.') &&
    !DIGITS.test(key)
  )
}

function nothing(): NDArray {
  return ndarray(new Float32Array(0), [0])
}

function isNothing(node: Node | undefined): boolean {
  return node !== undefined && !(node instanceof Map) && node.data.length === 0
}

function isList(node: unknown): node is readonly unknown[] {
  return Array.isArray(node)
}

function isPlainObject(node: unknown): node is Readonly<Record<string, unknown>> {
  if (typeof node !== 'object' || node === null || isNDArray(node)) return false
  const prototype: unknown = Object.getPrototypeOf(node)
  return prototype === Object.prototype || prototype === null
}

function notATree(node: unknown, name: string): DomainError {
  return new DomainError({
    function: 'parametersToTensors',
    argument: name === '' ? 'parameters' : `parameters.${name}`,
    got: isNDArray(node) ? 'a bare array' : String(node),
    expected:
      name === '' ? 'a list or plain object of arrays' : 'an array, a list or a plain object',
  })
}

function notNames(name: string, got: string, { file }: FileSource): ModelFileError {
  return new ModelFileError({
    function: 'tensorsToParameters',
    argument: `tensor ${JSON.stringify(name)}`,
    got,
    expected: 'dotted names that make one tree, lists counted from 0',
    ...(file === undefined ? {} : { file }),
  })
}
