import type { AnyFamily } from '@deepstruct/training'
import { UsageError } from '../errors.ts'
import { tasks } from '../tasks/tasks.ts'
import { ownerOf } from './task-options.ts'
import type { Values } from './read-options.ts'

/**
 * The families that a training command may mean: those of the name, of the task that is named or that the options of the data belong
 * to. More than one is left where a name serves several tasks and nothing says which is meant.
 *
 * @param given - what the command line and the configuration file say, by option key
 * @throws {@link UsageError} that lists what there is
 */
export function chooseFamily(
  families: readonly AnyFamily[],
  name: string,
  given: Values,
): readonly AnyFamily[] {
  const named = families.filter((family) => family.name === name)
  if (named.length === 0)
    throw new UsageError(
      `the option --model is '${name}', expected one of ${[...new Set(families.map((family) => family.name))].join(', ')}`,
    )
  const { task, data } = given
  if (task !== undefined) {
    const found = named.filter((family) => family.task === task)
    if (found.length === 0)
      throw new UsageError(
        `the option --task is ${JSON.stringify(task)}, expected what ${name} serves: ${servedBy(named)}`,
      )
    return found
  }
  if (named.length === 1) return named
  const owners = new Set(Object.keys(given).map((key) => ownerOf('train', key)))
  const meant = named.filter(
    (family) =>
      owners.has(family.task) ||
      (typeof data === 'string' && tasks[family.task].published.includes(data)),
  )
  return meant.length === 0 ? named : meant
}

/** The tasks of families in words. */
export function servedBy(families: readonly AnyFamily[]): string {
  return families.map(({ task }) => task).join(', ')
}
