import { readFile } from 'node:fs/promises'
import { UsageError } from '../errors.ts'
import type { Values } from './read-options.ts'

/**
 * Reads a configuration file: one JSON object of option names and values.
 *
 * @throws {@link UsageError} when it is missing, no JSON, or no object
 */
export async function readConfig(path: string): Promise<Values> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    throw new UsageError(
      `the configuration file ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new UsageError(
      `the configuration file ${path} is no JSON: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UsageError(`the configuration file ${path} is no JSON object`)
  return value as Values
}
