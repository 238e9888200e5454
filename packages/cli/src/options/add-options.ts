import { type Command, Option } from 'commander'
import type { z } from 'zod'
import { schemaOptions } from './schema-option.ts'

/**
 * Gives a command one option for each key of a schema. Defaults are only shown: they are filled in once the configuration file has
 * had its say.
 *
 * @param heading - the options stand together under it in help
 */
export function addOptions(command: Command, schema: z.ZodObject, heading: string): void {
  for (const { flag, placeholder, description, isOn, parse } of schemaOptions(schema)) {
    const add = (option: Option): void => void command.addOption(option.helpGroup(heading))
    if (placeholder !== undefined) {
      add(new Option(`${flag} <${placeholder}>`, description).argParser(parse))
      continue
    }
    // Both forms, so that the command line can turn back what a configuration file says; help shows the one that changes something.
    add(new Option(flag, description).hideHelp(isOn))
    add(new Option(flag.replace('--', '--no-'), `turn off: ${description}`).hideHelp(!isOn))
  }
}
