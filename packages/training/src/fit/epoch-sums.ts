import type { Metrics } from '../learner.ts'
import type { StepReport } from './running-turn.ts'

/** Running weighted means over an epoch. */
export interface EpochSums {
  /** Counts a step in, under names with this prefix. */
  add(prefix: string, report: StepReport): void
  /** The means so far. */
  means(): Metrics
  /** Sums and weights so far, for a snapshot. */
  all(): Readonly<Record<string, readonly [sum: number, weight: number]>>
  /** Starts over. */
  clear(): void
}

/** Running means, from zero or from a snapshot. */
export function epochSums(
  from: Readonly<Record<string, readonly [sum: number, weight: number]>> = {},
): EpochSums {
  const entries = new Map(Object.entries(from))
  return {
    add(prefix, { mean, weight }) {
      for (const [key, value] of Object.entries(mean)) {
        const [sum, total] = entries.get(prefix + key) ?? [0, 0]
        entries.set(prefix + key, [sum + weight * value, total + weight])
      }
    },
    means: () =>
      Object.fromEntries([...entries].map(([key, [sum, weight]]) => [key, sum / weight])),
    all: () => Object.fromEntries(entries),
    clear: () => entries.clear(),
  }
}
