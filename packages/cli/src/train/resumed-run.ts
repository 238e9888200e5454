import { DomainError } from '@deepstruct/tensor'
import type { Parameters, Snapshot } from '@deepstruct/training'
import { loadCheckpoint } from '@deepstruct/training/node'
import { flagOf } from '../options/schema-option.ts'

/** What decides the course of a run, by option key, or in words where it is no option; kept in its checkpoint. */
export type RunSettings = Readonly<Record<string, unknown>>

/**
 * The run that a checkpoint keeps.
 *
 * @param checkpoint - the file
 * @param now - the settings of this command, which must be those that the run was begun with
 * @throws {@link @deepstruct/tensor!ModelFileError} when there is no checkpoint, or a damaged one
 * @throws {@link @deepstruct/tensor!DomainError} that names the first difference of the settings
 */
export async function resumedRun(
  checkpoint: string,
  now: RunSettings,
): Promise<Snapshot<Parameters>> {
  const { settings, snapshot } = await loadCheckpoint<Parameters>(checkpoint)
  const before = JSON.parse(settings) as RunSettings
  const different = [...new Set([...Object.keys(before), ...Object.keys(now)])].find(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(now[key]),
  )
  if (different === undefined) return snapshot
  throw new DomainError({
    function: 'train',
    argument: different.includes(' ') ? different : `the option ${flagOf(different)}`,
    got: inWords(now[different]),
    expected: inWords(before[different]),
    why: `the run in ${checkpoint} was begun ${engineAdvice(before, different)}; without --resume a new one begins`,
  })
}

/** An engine that was not named is another one on another machine, so the options that choose it are spelled out. */
function engineAdvice({ engine, threads }: RunSettings, different: string): string {
  if (engine === undefined || (different !== 'engine' && different !== 'threads')) return 'so'
  const more = threads === undefined ? '' : ` --threads ${inWords(threads)}`
  return `with --engine ${inWords(engine)}${more}, which is to be given again`
}

function inWords(value: unknown): string {
  if (value === undefined || value === null) return 'not given'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}
