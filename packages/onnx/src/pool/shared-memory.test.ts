import { filled, type NDArray, random, sizeOf } from '@deepstruct/tensor'
import { describe, expect, it } from 'vitest'
import { OutOfMemory } from '../out-of-memory.ts'
import { type SharedMemory, sharedMemory } from './shared-memory.ts'

const line = 64
const bytesOf = (shared: SharedMemory): number => shared.memory.buffer.byteLength

/** An array that somebody holds, and that says whose it is. */
function filledWith(shared: SharedMemory, shape: readonly number[], value: number): NDArray {
  const array = shared.array(shape)
  array.data.fill(value)
  shared.retain([array])
  return array
}

describe('shared memory', () => {
  it('gives arrays that begin at lines of the cache, none at address 0', () => {
    const shared = sharedMemory()
    const arrays = [[], [1], [3, 5], [0], [100]].map((shape) => shared.array(shape))
    const addresses = arrays.map((array) => shared.addressOf(array)!)
    expect(addresses.every((address) => address > 0 && address % line === 0)).toBe(true)
    expect(new Set(addresses).size).toBe(arrays.length)
    expect(arrays.map(({ data }) => data.length)).toEqual([1, 1, 15, 0, 100])
    expect(arrays.every(({ data }) => data.buffer instanceof SharedArrayBuffer)).toBe(true)
  })

  it('knows nothing of other arrays', () => {
    const shared = sharedMemory()
    const other = filled([3], 1)
    const alien = sharedMemory().array([3])
    for (const array of [other, alien]) {
      expect(shared.addressOf(array)).toBeUndefined()
      expect(shared.holders(array)).toBe(0)
      shared.retain([array])
      shared.release([array])
      shared.sweep([array])
    }
  })

  it('never lets two arrays overlap, whatever is taken and freed', () => {
    const shared = sharedMemory()
    const draw = random(5)
    const live = new Map<number, NDArray>()
    for (let i = 0; i < 3000; i++) {
      if (live.size > 0 && draw.uniform() < 0.45) {
        const keys = [...live.keys()]
        const key = keys[Math.floor(draw.uniform() * keys.length)]!
        shared.release([live.get(key)!])
        live.delete(key)
      } else live.set(i, filledWith(shared, [Math.floor(draw.uniform() ** 4 * 20_000)], i))
    }
    const ranges = [...live.values()]
      .map((array) => [
        shared.addressOf(array)!,
        shared.addressOf(array)! + 4 * sizeOf(array.shape),
      ])
      .toSorted(([a], [b]) => a! - b!)
    for (const [i, [, end]] of ranges.slice(0, -1).entries())
      expect(ranges[i + 1]![0]!).toBeGreaterThanOrEqual(end!)
    expect(ranges.at(-1)![1]!).toBeLessThanOrEqual(bytesOf(shared))
    for (const [value, { data }] of live) expect(data.every((each) => each === value)).toBe(true)
  })

  it('joins what is freed side by side', () => {
    const shared = sharedMemory()
    const third = Math.floor(bytesOf(shared) / 4 / 3.5)
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [0, 2, 1],
      [1, 0, 2],
    ]) {
      const before = bytesOf(shared)
      const parts = [0, 1, 2].map(() => filledWith(shared, [third], 0))
      for (const part of order) shared.release([parts[part]!])
      // Only all three stretches together hold this.
      shared.release([filledWith(shared, [3 * third], 0)])
      expect(bytesOf(shared)).toBe(before)
    }
  })

  it('grows, and what is in it stays', () => {
    const shared = sharedMemory()
    const first = filledWith(shared, [10], 7)
    const before = bytesOf(shared)
    const large = filledWith(shared, [before], 8)
    expect(bytesOf(shared)).toBeGreaterThan(4 * before)
    expect([...first.data]).toEqual(Array.from({ length: 10 }, () => 7))
    expect(large.data.every((value) => value === 8)).toBe(true)
    first.data[0] = 9
    expect(new Float32Array(shared.memory.buffer)[shared.addressOf(first)! / 4]).toBe(9)
  })

  it('grows to its bound and not beyond, and goes on when it is full', () => {
    const most = 2 ** 21
    const shared = sharedMemory(most)
    const held: NDArray[] = []
    const fill = (): void => {
      for (;;) held.push(filledWith(shared, [10_000], held.length))
    }
    expect(fill).toThrow(OutOfMemory)
    expect(bytesOf(shared)).toBe(most)
    for (const [i, { data }] of held.entries()) expect(data.every((each) => each === i)).toBe(true)
    const count = held.length
    shared.release(held.splice(0, 1))
    expect(fill).toThrow(`WebAssembly.Memory.grow()`)
    expect(held).toHaveLength(count)
    expect(() => sharedMemory().array([2 ** 30])).toThrow(OutOfMemory)
  })

  it('frees a block when the last holder lets it go, whatever it is called', () => {
    const shared = sharedMemory()
    const array = shared.array([4])
    const address = shared.addressOf(array)
    const other = { ...array }
    shared.retain([array])
    shared.retain([other])
    expect([array, other].map((each) => shared.holders(each))).toEqual([2, 2])
    shared.release([array])
    expect(shared.addressOf(shared.array([4]))).not.toBe(address)
    shared.release([other])
    expect(shared.addressOf(shared.array([4]))).toBe(address)
  })

  it('frees once what nobody came to hold', () => {
    const shared = sharedMemory()
    const array = shared.array([4])
    const address = shared.addressOf(array)
    shared.sweep([array, { ...array }])
    shared.sweep([array])
    const next = [shared.array([4]), shared.array([4])].map((each) => shared.addressOf(each))
    expect(next[0]).toBe(address)
    expect(next[1]).not.toBe(address)
    const held = filledWith(shared, [4], 1)
    shared.sweep([held])
    expect(shared.addressOf(shared.array([4]))).not.toBe(shared.addressOf(held))
  })
})
