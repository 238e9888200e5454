import { DomainError } from '@deepstruct/tensor'
import type { z } from 'zod'
import { firstProblem } from '../model-file/schema-problem.ts'

/**
 * Completes settings with their defaults, and checks them.
 *
 * @param name - the function that was given the settings, for the error
 * @param schema - of a family
 * @param chosen - what differs from the defaults
 * @throws {@link @deepstruct/tensor!DomainError} for a setting that there is not, or with a value it cannot have
 */
export function parseSettings(
  name: string,
  schema: z.ZodObject,
  chosen: object,
): Record<string, unknown> {
  const parsed = schema.safeParse(chosen)
  if (parsed.success) return parsed.data
  const { path, got, expected } = firstProblem(parsed.error, chosen)
  throw new DomainError({ function: name, argument: path || 'settings', got, expected })
}
