import type { EpochProgress } from '@deepstruct/training'

/**
 * Tells of each epoch of a run of label sets, as it ends.
 *
 * @param key - names the run
 * @param f1Of - the F1 of the held-out examples
 */
export function tellEpochs(
  key: string,
  f1Of: (dev: EpochProgress['dev']) => number | undefined,
): (progress: EpochProgress) => void {
  const began = performance.now()
  return ({ phase, epoch, epochs, dev }) => {
    const seconds = ((performance.now() - began) / 1000).toFixed(0)
    const f1 = (100 * (f1Of(dev) ?? NaN)).toFixed(2)
    process.stderr.write(`${key}: ${phase} ${epoch}/${epochs}, dev F1 ${f1}, ${seconds} s\n`)
  }
}
