import type { Case } from './case.ts'
import type { Contender, Prepared } from './contender.ts'
import { difference, type Measurement, type Row, rowOf } from './rows.ts'
import { type Limits, settle } from './timing.ts'

/** How often and how long everything is measured. */
export interface Protocol {
  /** Times through all cells. */
  readonly rounds: number
  /** How long a cell is measured in each. */
  readonly limits: Limits
  /** Called with all rows so far, whenever there are more. */
  onRows(rows: readonly Row[]): void
}

interface Running extends Measurement {
  readonly times: number[]
  readonly prepared: Prepared
}

/**
 * Measures every case on every contender: in each round all contenders of a cell follow each other, so that what else happens on the machine
 * hits all of them. The first round begins with what happens once, which is reported apart.
 */
export async function runRounds(
  cases: readonly Case[],
  contenders: readonly Contender[],
  { rounds, limits, onRows }: Protocol,
): Promise<readonly Row[]> {
  const running = new Map<string, Running | undefined>()
  const rows = (): Row[] =>
    [...running.values()].flatMap((each) => {
      if (each === undefined || each.times.length === 0) return []
      const { prepared: _, ...measurement } = each
      return [rowOf(measurement)]
    })
  for (let round = 1; round <= rounds; round++)
    for (const problem of cases)
      for (const batch of problem.batches) {
        process.stderr.write(`round ${round} of ${rounds}: ${problem.name}, batch ${batch}\n`)
        let reference: ArrayLike<number> | undefined
        for (const contender of contenders) {
          const key = JSON.stringify([problem.name, batch, contender.name])
          if (!running.has(key)) running.set(key, await begin(problem, batch, contender, reference))
          const cell = running.get(key)
          if (cell === undefined) continue
          reference ??= cell.prepared.values
          await settle()
          cell.times.push(...(await cell.prepared.times(limits)))
        }
        onRows(rows())
      }
  return rows()
}

async function begin(
  problem: Case,
  batch: number,
  contender: Contender,
  reference: ArrayLike<number> | undefined,
): Promise<Running | undefined> {
  const prepared = await contender.prepare(problem, batch)
  if (prepared === undefined) return undefined
  const { firstMs, compileMs, values } = prepared
  return {
    case: problem.name,
    engine: contender.name,
    batch,
    firstMs,
    ...(compileMs !== undefined && { compileMs }),
    maxDifference: problem.comparable ? difference(values, reference ?? values) : null,
    times: [],
    prepared,
  }
}
