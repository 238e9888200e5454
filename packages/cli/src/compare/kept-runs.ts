import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ModelFileError } from '@deepstruct/tensor'
import type { AnyFamily, EpochRecord } from '@deepstruct/training'
import { writeFileAtomic } from '@deepstruct/training/node'
import { openModel } from '../model/open-model.ts'
import { saveTrained } from '../model/save-trained.ts'
import { requireSameCourse, type RunSettings } from '../train/resumed-run.ts'
import type { TrainedModel } from '../train/train-model.ts'

/** What a folder keeps of a training run beside its model. */
interface RunFile {
  readonly course: RunSettings
  readonly history: readonly EpochRecord[]
  readonly epochs: number
  readonly seconds: number
}

/** Finished training runs. */
export interface KeptRuns {
  /**
   * The model of a run, if it is there.
   *
   * @throws {@link @deepstruct/tensor!DomainError} when it was trained with other settings
   */
  find(name: string, seed: number, course: RunSettings): Promise<TrainedModel | undefined>
  /** Adds a finished run. */
  keep(name: string, seed: number, course: RunSettings, trained: TrainedModel): Promise<void>
}

/**
 * Finished training runs in a folder: a model file and its history for each. Without a folder nothing is kept.
 *
 * @param families - of the models
 */
export async function keptRuns(
  folder: string | undefined,
  families: readonly AnyFamily[],
): Promise<KeptRuns> {
  if (folder === undefined)
    return { find: () => Promise.resolve(undefined), keep: () => Promise.resolve() }
  await mkdir(folder, { recursive: true })
  const place = (name: string, seed: number, ending: string): string =>
    join(folder, `${name.replaceAll(/[^\w.-]+/g, '-')}-${seed}.${ending}`)
  return {
    async find(name, seed, course) {
      // Written last, so a model without it was cut off.
      const path = place(name, seed, 'json')
      if (!existsSync(path)) return undefined
      const { course: before, ...run } = await readRun(path)
      requireSameCourse(path, before, course, {
        command: 'compare',
        otherwise: 'another folder in --out, or none, begins anew',
      })
      const model = await openModel(place(name, seed, 'safetensors'), families)
      return { ...model, ...run, status: 'completed' }
    },
    async keep(name, seed, course, trained) {
      const { history, epochs, seconds } = trained
      await saveTrained(
        place(name, seed, 'safetensors'),
        trained,
        String(course['the digest of the training data']),
      )
      const run: RunFile = { course, history, epochs, seconds }
      await writeFileAtomic(place(name, seed, 'json'), `${JSON.stringify(run)}\n`)
    },
  }
}

async function readRun(path: string): Promise<RunFile> {
  const text = await readFile(path, 'utf8')
  try {
    return JSON.parse(text) as RunFile
  } catch (cause) {
    throw new ModelFileError({
      function: 'compare',
      argument: 'the kept run',
      got: 'no JSON',
      expected: 'what a comparison wrote; remove it to train once more',
      file: path,
      cause,
    })
  }
}
