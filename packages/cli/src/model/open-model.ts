import { type Host, ModelFileError } from '@deepstruct/tensor'
import type { AnyFamily, JsonObject, Parameters } from '@deepstruct/training'
import { loadModel } from '@deepstruct/training/node'
import type { UsableModel } from '../tasks/task.ts'
import { tasks } from '../tasks/tasks.ts'

/**
 * Reads a model file and checks that this release can use it.
 *
 * @throws {@link @deepstruct/tensor!ModelFileError} when the file is missing, damaged, of a newer format, of an unknown
 * family or task, or has settings that the family refuses
 */
export async function openModel(
  path: string,
  families: readonly AnyFamily[],
): Promise<UsableModel> {
  const file = await loadModel(path)
  const refuse = (argument: string, got: string, expected: string): ModelFileError =>
    new ModelFileError({ function: 'openModel', argument, got, expected, file: path })
  const named = families.filter(({ name }) => name === file.family)
  if (named.length === 0)
    throw refuse(
      'the family',
      `'${file.family}'`,
      `one of ${[...new Set(families.map(({ name }) => name))].join(', ')}`,
    )
  const family = named.find(({ task }) => task === file.task)
  if (family === undefined)
    throw refuse(
      'the task',
      `'${file.task}'`,
      `one that ${file.family} serves: ${named.map(({ task }) => task).join(', ')}`,
    )
  const settings = family.settings.safeParse(file.configuration)
  if (!settings.success) {
    const issue = settings.error.issues[0]
    const key = issue?.path.join('.') ?? ''
    throw refuse(
      key === '' ? 'the configuration' : `the setting ${key}`,
      JSON.stringify(file.configuration[key] ?? null),
      issue?.message ?? 'another value',
    )
  }
  return {
    family,
    settings: settings.data as JsonObject,
    problem: tasks[family.task].problemOf(file, refuse),
    threshold: file.threshold,
    parameters: file.parameters as unknown as Host<Parameters>,
  }
}
