import type { Task } from '@deepstruct/training'
import { z } from 'zod'
import { UsageError } from '../errors.ts'
import type { TaskDefinition, TaskOptions } from '../tasks/task.ts'
import { taskNames, tasks } from '../tasks/tasks.ts'
import { camelCase, readOptions, type Values } from './read-options.ts'
import { flagOf, type SchemaOption, schemaOptions } from './schema-option.ts'

/** A command that has options of tasks. */
export type TaskCommand = keyof TaskOptions

/** The options of all tasks for a command; one that several tasks have is one option. */
export function taskOptions(
  command: TaskCommand,
): readonly { readonly option: SchemaOption; readonly tasks: readonly Task[] }[] {
  const uses = taskNames.flatMap((task) =>
    schemaOptions(tasks[task].options[command]).map((option) => ({ option, task })),
  )
  return uses.flatMap(({ option }, i) => {
    const same = uses.filter((use) => use.option.key === option.key)
    if (same[0] !== uses[i]) return []
    const texts = new Set(same.map((use) => use.option.description))
    const places = new Set(same.flatMap((use) => use.option.placeholder?.split('|') ?? []))
    const joined: SchemaOption = {
      ...option,
      ...(places.size > 0 && { placeholder: [...places].join('|') }),
      description:
        texts.size === 1
          ? option.description
          : same.map((use) => `${use.task}: ${use.option.description}`).join('; '),
    }
    return [{ option: joined, tasks: same.map(({ task }) => task) }]
  })
}

/** The task that an option belongs to, if it belongs to one only. */
export function ownerOf(command: TaskCommand, key: string): Task | undefined {
  const [owner, ...others] = taskNames.filter((task) => key in tasks[task].options[command].shape)
  return others.length === 0 ? owner : undefined
}

/**
 * The options of a command for a task: those that every task has, and those of the task.
 *
 * @param shared - what the command takes whatever the task is
 * @param values - what the command line says, by key
 * @param config - what the configuration file says
 * @throws {@link UsageError} that names the option and what was expected, for an option of another task too
 */
export function readTaskOptions<S extends z.ZodObject>(
  command: TaskCommand,
  task: TaskDefinition,
  shared: S,
  values: Values,
  config: Values,
): z.output<S> & Values {
  const schema = z.strictObject({ ...shared.shape, ...task.options[command].shape })
  for (const key of [...Object.keys(values), ...Object.keys(config).map(camelCase)]) {
    const owner = ownerOf(command, key)
    if (owner !== undefined && !(key in schema.shape))
      throw new UsageError(
        `the option ${flagOf(key)} is of the task ${owner}, but the task is ${task.name}`,
      )
  }
  return readOptions(schema, values, config) as z.output<S> & Values
}
