import { expect, it } from 'vitest'
import { isEnough, timesOf } from './timing.ts'

it.each([
  [15, 0.3, true],
  [14, 0.4, false],
  [20, 0.2, false],
  [1, 10, true],
])('after %d calls and %d seconds enough is %s', (calls, seconds, enough) => {
  expect(isEnough({ calls: 15, seconds: 0.3, longest: 10 }, calls, seconds)).toBe(enough)
})

it('does not count the first two calls', async () => {
  let calls = 0
  const times = await timesOf(() => Promise.resolve(calls++), { calls: 5, seconds: 0, longest: 60 })
  expect(times).toHaveLength(5)
  expect(calls).toBe(7)
})
