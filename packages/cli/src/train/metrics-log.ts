import { appendFileSync } from 'node:fs'
import { type EpochRecord, type Progress } from '@deepstruct/training'
import { writeFileAtomic } from '@deepstruct/training/node'

/**
 * Starts a log with one JSON object a line for each epoch.
 *
 * @param earlier - the epochs of the run that is resumed: the log begins with them, whatever stood there
 * @returns what `fit` calls
 */
export async function metricsLog(
  path: string,
  earlier: readonly EpochRecord[] = [],
): Promise<(progress: Progress) => void> {
  await writeFileAtomic(path, earlier.map(asLine).join(''))
  return (progress) => {
    if (progress.kind !== 'epoch') return
    const { kind: _, epochs: __, ...record } = progress
    // At once, so that the log of a run that is killed is whole.
    appendFileSync(path, asLine(record))
  }
}

function asLine(record: EpochRecord): string {
  return `${JSON.stringify(record)}\n`
}
