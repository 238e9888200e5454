import { expect, it } from 'vitest'
import { flatten } from './index.ts'

const isNumber = (value: unknown): value is number => typeof value === 'number'
const refuse = (path: string, value: unknown): never => {
  throw new TypeError(`${path}: ${typeof value}`)
}
const take = (tree: unknown): ReturnType<typeof flatten<number>> => flatten(tree, isNumber, refuse)

const tree = {
  mlp: [
    { kernel: 1, bias: 2 },
    { kernel: 3, bias: 4 },
  ],
  scale: 5,
  none: [],
}

it('takes a tree apart and puts it together again', () => {
  const { leaves, rebuild } = take(tree)
  expect(leaves.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5])
  expect(rebuild(leaves)).toEqual(tree)
})

it('rebuilds around other leaves', () => {
  const { leaves, rebuild } = take(tree)
  const doubled = rebuild(leaves.map((leaf) => String(2 * leaf)))
  expect(doubled).toEqual({
    mlp: [
      { kernel: '2', bias: '4' },
      { kernel: '6', bias: '8' },
    ],
    scale: '10',
    none: [],
  })
})

it('names each leaf by its path', () => {
  const { leaves, paths } = take(tree)
  expect(paths[leaves.indexOf(3)]).toBe('mlp[1].kernel')
  expect(paths[leaves.indexOf(5)]).toBe('scale')
  expect(take(7).paths).toEqual([''])
})

it('orders the leaves of equal structures alike', () => {
  expect(take({ a: 1, b: 2 }).leaves).toEqual(take({ b: 2, a: 1 }).leaves)
})

it('leaves out parts that are not there', () => {
  expect(take({ a: 1, b: undefined }).rebuild([1])).toEqual({ a: 1 })
})

it('refuses what is neither leaf nor array nor plain object, and says where', () => {
  expect(() => take({ a: [1, 'x'] })).toThrow('a[1]: string')
  expect(() => take({ a: new Map() })).toThrow('a: object')
  expect(() => take([null])).toThrow('[0]: object')
})
