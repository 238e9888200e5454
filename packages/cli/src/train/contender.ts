import type { Family, JsonObject, Task } from '@deepstruct/training'
import { UsageError } from '../errors.ts'
import { readOptions } from '../options/read-options.ts'

/**
 * A family of a comparison, with its settings.
 *
 * @param name - of the family
 * @param settings - what differs from the defaults
 * @throws {@link UsageError} when it is not among the families
 */
export function contender<T extends Task>(
  families: readonly Family<T>[],
  name: string,
  settings: JsonObject,
): { readonly family: Family<T>; readonly settings: JsonObject } {
  const family = families.find((known) => known.name === name)
  if (family === undefined) throw new UsageError(`the demonstration needs the family ${name}`)
  return { family, settings: readOptions(family.settings, settings) as JsonObject }
}
