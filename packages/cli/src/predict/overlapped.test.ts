import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { overlapped } from './overlapped.ts'

describe('overlapped', () => {
  it('keeps the order, and fetches one item while it works', async () => {
    const events: string[] = []
    async function* items(): AsyncGenerator<number> {
      for (let i = 0; i < 4; i++) {
        events.push(`fetch ${i}`)
        yield i
      }
    }
    const work = async (item: number): Promise<number> => {
      events.push(`begin ${item}`)
      await setTimeout(5)
      events.push(`end ${item}`)
      return item * item
    }
    const results: number[] = []
    for await (const [item, result] of overlapped(items(), work)) {
      events.push(`take ${item}`)
      await setTimeout(5)
      results.push(result)
    }
    expect(results).toEqual([0, 1, 4, 9])
    for (let i = 0; i < 3; i++) {
      expect(events.indexOf(`begin ${i}`)).toBeLessThan(events.indexOf(`fetch ${i + 1}`))
      expect(events.indexOf(`fetch ${i + 1}`)).toBeLessThan(events.indexOf(`end ${i}`))
      expect(events.indexOf(`take ${i}`)).toBeLessThan(events.indexOf(`begin ${i + 1}`))
    }
  })

  it('gives a result though no further item comes', async () => {
    async function* items(): AsyncGenerator<string> {
      yield 'only'
      await new Promise(() => undefined)
    }
    const working = overlapped(items(), (item) => Promise.resolve(item.length))
    expect(await working.next()).toEqual({ done: false, value: ['only', 4] })
  })

  it('throws what fetching or working throws', async () => {
    async function* broken(): AsyncGenerator<number> {
      yield 1
      throw new Error('no more input')
    }
    const slow = overlapped(broken(), async () => setTimeout(5))
    expect((await slow.next()).done).toBe(false)
    await expect(slow.next()).rejects.toThrow('no more input')
    const failing = overlapped(broken(), () => Promise.reject(new Error('no answer')))
    await expect(failing.next()).rejects.toThrow('no answer')
  })
})
