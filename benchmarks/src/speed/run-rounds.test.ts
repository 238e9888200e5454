import { expect, it } from 'vitest'
import type { Case } from './case.ts'
import type { Contender } from './contender.ts'
import type { Row } from './rows.ts'
import { runRounds } from './run-rounds.ts'

const limits = { calls: 1, seconds: 0, longest: 1 }

const problem = (name: string, comparable = true): Case => ({
  name,
  batches: [1, 2],
  settings: {},
  arrays: {},
  comparable,
  work: () => Promise.reject(new Error('not asked for')),
})

/** Notes when it is measured; its times count up from `start`. */
function contender(name: string, log: string[], values: readonly number[], start = 1): Contender {
  return {
    name,
    prepare(of, batch) {
      log.push(`prepare ${name} ${of.name} ${batch}`)
      let next = start
      return Promise.resolve({
        firstMs: 7,
        values,
        times() {
          log.push(`${name} ${of.name} ${batch}`)
          return Promise.resolve([next++])
        },
      })
    },
  }
}

it('takes all contenders of a cell in turn, in every round, and prepares each cell once', async () => {
  const log: string[] = []
  const contenders = [contender('a', log, [1, 2]), contender('b', log, [1, 2.5], 10)]
  const seen: (readonly Row[])[] = []
  const rows = await runRounds([problem('p')], contenders, {
    rounds: 3,
    limits,
    onRows: (each) => seen.push(each),
  })
  expect(log.filter((line) => line.startsWith('prepare'))).toHaveLength(4)
  const measured = log.filter((line) => !line.startsWith('prepare'))
  const round = ['a p 1', 'b p 1', 'a p 2', 'b p 2']
  expect(measured).toEqual([...round, ...round, ...round])
  expect(rows).toMatchObject([
    { engine: 'a', batch: 1, minMs: 1, medianMs: 2, calls: 3, firstMs: 7, maxDifference: 0 },
    { engine: 'b', batch: 1, minMs: 10, medianMs: 11, calls: 3, maxDifference: 0.25 },
    { engine: 'a', batch: 2 },
    { engine: 'b', batch: 2 },
  ])
  // What was measured is there after every cell, so an interruption loses little.
  expect(seen.map((each) => each.length)).toEqual([2, 4, 4, 4, 4, 4])
})

it('leaves out what a contender cannot do, and compares nothing that is random', async () => {
  const without: Contender = { name: 'none', prepare: () => Promise.resolve(undefined) }
  const contenders = [without, contender('a', [], [1]), contender('b', [], [2])]
  const rows = await runRounds([problem('p', false)], contenders, {
    rounds: 1,
    limits,
    onRows: () => undefined,
  })
  expect(rows.map(({ engine, maxDifference }) => [engine, maxDifference])).toEqual([
    ['a', null],
    ['b', null],
    ['a', null],
    ['b', null],
  ])
})
