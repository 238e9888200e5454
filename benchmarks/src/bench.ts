// Measures the speed of the library beside its peers. Usage:
//
//   npm run bench [-- --case NAME … --engine NAME … --rounds N --quick]
//   npm run bench -- --growth | --memory | --streaming
//
// benchmarks/README.md says what is measured and how.
import { parseArgs } from 'node:util'
import type { Case } from './speed/case.ts'
import { cases } from './speed/cases/cases.ts'
import { comparisons } from './speed/comparisons.ts'
import { environmentOf } from './speed/environment.ts'
import { measureGrowth } from './speed/growth.ts'
import { inputFiles } from './speed/input-files.ts'
import { measureMemory } from './speed/memory.ts'
import { ourContenders } from './speed/ours.ts'
import { startPeer } from './speed/peers.ts'
import { comparisonTable, rowTable } from './speed/print.ts'
import { writeResults } from './speed/results.ts'
import type { Row } from './speed/rows.ts'
import { runRounds } from './speed/run-rounds.ts'
import { measureStreaming } from './speed/streaming.ts'
import type { Limits } from './speed/timing.ts'

const { values } = parseArgs({
  options: {
    case: { type: 'string', multiple: true },
    engine: { type: 'string', multiple: true },
    rounds: { type: 'string' },
    threads: { type: 'string', default: '2' },
    quick: { type: 'boolean', default: false },
    growth: { type: 'boolean', default: false },
    memory: { type: 'boolean', default: false },
    streaming: { type: 'boolean', default: false },
    'data-dir': { type: 'string' },
  },
})
const { quick, 'data-dir': dataDir } = values
const threads = wholeNumber('threads', values.threads)
const limits: Limits = quick
  ? { calls: 5, seconds: 0.1, longest: 3 }
  : { calls: 15, seconds: 0.3, longest: 10 }

if (values.growth) await measureGrowth(threads, limits)
else if (values.memory) await measureMemory(threads, dataDir, quick ? 1000 : 10_000)
else if (values.streaming) await measureStreaming(threads, dataDir)
else await measureSpeed()

async function measureSpeed(): Promise<void> {
  const wanted = (name: string): boolean => values.engine?.includes(name) ?? true
  const rounds = wholeNumber('rounds', values.rounds ?? (quick ? '1' : '5'))
  const problems = await chosenCases()
  const files = inputFiles()
  const contenders = await ourContenders(threads, wanted)
  const versions: Record<string, string> = {}
  const ends: (() => void)[] = []
  try {
    for (const name of ['torch', 'jax']) {
      const peer = await startPeer(name, threads, files, wanted)
      if (peer === undefined) continue
      contenders.push(...peer.contenders)
      Object.assign(versions, peer.versions)
      ends.push(() => peer.end())
    }
    if (contenders.length === 0) throw new RangeError('--engine: there is no such engine here')
    const environment = { ...environmentOf(threads, versions), rounds, limits }
    const rows = await runRounds(problems, contenders, {
      rounds,
      limits,
      onRows(measured) {
        writeResults('latest.json', measured)
        writeResults('latest.environment.json', environment)
      },
    })
    print(rows)
  } finally {
    for (const end of ends) end()
    files.remove()
  }
}

async function chosenCases(): Promise<readonly Case[]> {
  const all = cases(dataDir)
  const problems: Case[] = []
  for (const name of values.case ?? Object.keys(all)) {
    const make = all[name]
    if (make === undefined)
      throw new RangeError(`--case ${name}: expected one of ${Object.keys(all).join(', ')}`)
    try {
      problems.push(await make())
    } catch (error) {
      // Data may be out of reach.
      console.log(`${name} is left out: ${String(error).split('\n')[0]}`)
    }
  }
  return problems
}

function print(rows: readonly Row[]): void {
  console.log(rowTable(rows))
  console.log(`\n${comparisonTable(comparisons(rows))}`)
}

function wholeNumber(option: string, text: string): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1)
    throw new RangeError(`--${option} ${text}: expected a positive whole number`)
  return number
}
