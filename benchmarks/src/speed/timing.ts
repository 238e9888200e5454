import { setTimeout as pause } from 'node:timers/promises'

/** How long a cell is measured in a round. */
export interface Limits {
  /** At least so many calls. */
  readonly calls: number
  /** At least so many seconds. */
  readonly seconds: number
  /** No further call after so many seconds, however few there were: slow cells would take hours. */
  readonly longest: number
}

/** Whether a cell has been measured long enough. */
export function isEnough(limits: Limits, calls: number, seconds: number): boolean {
  return (calls >= limits.calls && seconds >= limits.seconds) || seconds >= limits.longest
}

/** The milliseconds of each call, after two that do not count. */
export async function timesOf(call: () => Promise<unknown>, limits: Limits): Promise<number[]> {
  const began = performance.now()
  const seconds = (since: number): number => (performance.now() - since) / 1000
  for (let i = 0; i < 2 && seconds(began) < limits.longest / 2; i++) await call()
  const times: number[] = []
  const start = performance.now()
  do {
    const begin = performance.now()
    await call()
    times.push(performance.now() - begin)
  } while (!isEnough(limits, times.length, seconds(start)))
  return times
}

/** Lets the waiting threads of whoever ran before fall asleep. */
export function settle(): Promise<void> {
  return pause(30)
}
