import type { Predicted } from '../tasks/task.ts'

/** How prediction went, whatever was predicted. */
export interface Figures {
  /** The mean energy of the predictions; lower is better, and only comparable within one model. */
  readonly meanEnergy: number
  /** Seconds that prediction took, loading excluded. */
  readonly seconds: number
  /** Examples predicted in a second. */
  readonly examplesPerSecond: number
}

/** How the prediction of a data set went. */
export function figuresOf({ energies, seconds }: Predicted): Figures {
  const { data } = energies
  return {
    meanEnergy: Array.from(data).reduce((sum, energy) => sum + energy, 0) / data.length,
    seconds,
    examplesPerSecond: data.length / seconds,
  }
}
