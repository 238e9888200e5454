import { type Command, Option } from 'commander'
import type { z } from 'zod'
import { schemaOptions, type SchemaOption } from './schema-option.ts'
import { type TaskCommand, taskOptions } from './task-options.ts'

/**
 * Gives a command one option for each key of a schema. Defaults are only shown: they are filled in once the configuration file has
 * had its say.
 *
 * @param heading - the options stand together under it in help
 */
export function addOptions(command: Command, schema: z.ZodObject, heading: string): void {
  for (const option of schemaOptions(schema)) addOption(command, option, heading)
}

/** Gives a command the options of every task, under the name of the task where it is the only one that has it. */
export function addTaskOptions(command: Command, of: TaskCommand): void {
  for (const { option, tasks } of taskOptions(of))
    addOption(command, option, tasks.length === 1 ? `For ${tasks[0]}:` : 'For several tasks:')
}

function addOption(
  command: Command,
  { flag, placeholder, description, isOn, parse }: SchemaOption,
  heading: string,
): void {
  const add = (option: Option): void => void command.addOption(option.helpGroup(heading))
  if (placeholder !== undefined) {
    add(new Option(`${flag} <${placeholder}>`, description).argParser(parse))
    return
  }
  // Both forms, so that the command line can turn back what a configuration file says; help shows the one that changes something.
  add(new Option(flag, description).hideHelp(isOn))
  add(new Option(flag.replace('--', '--no-'), `turn off: ${description}`).hideHelp(!isOn))
}
