import type { z } from 'zod'
import { UsageError } from '../errors.ts'
import { flagOf, schemaOptions } from './schema-option.ts'

/** Values by key, not yet checked. */
export type Values = Readonly<Record<string, unknown>>

/**
 * The options of a command: those of the command line over those of the configuration file, checked, with defaults filled in.
 *
 * @param schema - what the command takes
 * @param commandLine - what was given there, by key
 * @param config - what the configuration file says; keys as `labelEnergy` or `label-energy`
 * @throws {@link UsageError} that names the option and what was expected
 */
export function readOptions<S extends z.ZodObject>(
  schema: S,
  commandLine: Values,
  config: Values = {},
): z.output<S> {
  const fromFile = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [camelCase(key), value]),
  )
  const given: Values = { ...fromFile, ...commandLine }
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  throw new UsageError(refusal(parsed.error, schema, given, commandLine))
}

function refusal(error: z.ZodError, schema: z.ZodObject, given: Values, line: Values): string {
  const issue = error.issues[0]
  if (issue?.code === 'unrecognized_keys') {
    const known = schemaOptions(schema).map(({ key }) => key)
    return `the configuration file has the unknown key '${issue.keys[0]}', expected some of ${known.join(', ')}`
  }
  const key = String(issue?.path[0])
  const value = given[key]
  if (value === undefined) return `the option ${flagOf(key)} is missing`
  const place = key in line ? '' : ' in the configuration file'
  const expected = (issue?.message ?? 'another value').replace(/^Invalid \w+: |^Too \w+: /, '')
  const shown = typeof value === 'string' ? `'${value}'` : JSON.stringify(value)
  return `the option ${flagOf(key)}${place} is ${shown}: ${expected}`
}

/** `labelEnergy` for `label-energy`. */
export function camelCase(key: string): string {
  return key.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
