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
  requireSameCourse(checkpoint, JSON.parse(settings) as RunSettings, now, {
    command: 'train',
    otherwise: 'without --resume a new one begins',
  })
  return snapshot
}

/**
 * Checks that a run was begun as this command would begin it.
 *
 * @param place - where the run is kept
 * @param before - the settings that it was begun with
 * @param now - the settings of this command
 * @param advice - `command`: for the error; `otherwise`: what to do for a run with these settings
 * @throws {@link @deepstruct/tensor!DomainError} that names the first difference
 */
export function requireSameCourse(
  place: string,
  before: RunSettings,
  now: RunSettings,
  { command, otherwise }: { readonly command: string; readonly otherwise: string },
): void {
  const different = [...new Set([...Object.keys(before), ...Object.keys(now)])].find(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(now[key]),
  )
  if (different === undefined) return
  throw new DomainError({
    function: command,
    argument: different.includes(' ') ? different : `the option ${flagOf(different)}`,
    got: inWords(now[different]),
    expected: inWords(before[different]),
    why: `the run in ${place} was begun ${engineAdvice(before, different)}; ${otherwise}`,
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
