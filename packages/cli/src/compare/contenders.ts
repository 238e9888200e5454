import type { AnyFamily, JsonObject, Task } from '@deepstruct/training'
import { UsageError } from '../errors.ts'
import { ownerOf } from '../options/task-options.ts'
import { readOptions, type Values } from '../options/read-options.ts'
import { taskNames, tasks } from '../tasks/tasks.ts'

/** A family with its settings, or why there is none: one that does not serve the task is a row of the comparison that says so. */
export type Entry =
  | { readonly name: string; readonly family: AnyFamily; readonly settings: JsonObject }
  | { readonly name: string; readonly family: Pick<AnyFamily, 'name'>; readonly refused: string }

/**
 * Who takes part in a comparison.
 *
 * @param names - of families, or of entries of `settings` that name their family
 * @param settings - what differs from the defaults of each, by name; the key `model` names a family
 * @param task - what is predicted
 * @throws {@link UsageError} for a name twice, an unknown family, settings of nobody, and settings that a family refuses
 */
export function entriesOf(
  names: readonly string[],
  settings: Values,
  task: Task,
  families: readonly AnyFamily[],
): readonly Entry[] {
  const unused = Object.keys(settings).find((name) => !names.includes(name))
  if (unused !== undefined)
    throw new UsageError(`the option --settings names '${unused}', which --models does not`)
  return names.map((name, i) => {
    if (names.indexOf(name) !== i) throw new UsageError(`the option --models names '${name}' twice`)
    const { family: familyName, given } = wish(name, settings[name])
    const named = families.filter((family) => family.name === familyName)
    if (named.length === 0)
      throw new UsageError(
        `the option --models is '${familyName}', expected some of ${[...new Set(families.map((family) => family.name))].join(', ')}`,
      )
    const family = named.find((one) => one.task === task)
    if (family === undefined)
      return {
        name,
        family: { name: familyName },
        refused: `${familyName} serves ${named.map((one) => one.task).join(', ')}, not ${task}`,
      }
    return { name, family, settings: readOptions(family.settings.strict(), given) as JsonObject }
  })
}

/**
 * What is predicted: what is said, what the options of the data belong to, or the only task that all the models serve.
 *
 * @param given - what the command line and the configuration file say, by option key
 * @throws {@link UsageError} when it is not clear
 */
export function taskOf(
  names: readonly string[],
  settings: Values,
  given: Values,
  families: readonly AnyFamily[],
): Task {
  const { task, data } = given
  if (task !== undefined) return task as Task
  const owner = Object.keys(given)
    .map((key) => ownerOf('train', key))
    .find((found) => found !== undefined)
  if (owner !== undefined) return owner
  const publishing = taskNames.find(
    (name) => typeof data === 'string' && tasks[name].published.includes(data),
  )
  if (publishing !== undefined) return publishing
  const served = names.map((name) => {
    const { family } = wish(name, settings[name])
    return families.filter((one) => one.name === family).map((one) => one.task)
  })
  const common = taskNames.filter((name) => served.every((some) => some.includes(name)))
  if (common.length === 1) return common[0] as Task
  throw new UsageError(`the option --task is missing: one of ${taskNames.join(', ')}`)
}

function wish(
  name: string,
  settings: unknown,
): { readonly family: string; readonly given: Values } {
  if (settings === undefined) return { family: name, given: {} }
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings))
    throw new UsageError(
      `the option --settings has ${JSON.stringify(settings)} for '${name}', expected an object`,
    )
  const { model = name, ...given } = settings as Values
  if (typeof model !== 'string')
    throw new UsageError(
      `the option --settings has the model ${JSON.stringify(model)} for '${name}', expected a name`,
    )
  return { family: model, given }
}
