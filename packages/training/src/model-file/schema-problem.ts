import type { z } from 'zod'

/** One violation of a schema, in the words of a typed error. */
export interface SchemaProblem {
  /** The field, as `inputs.count`. */
  readonly path: string
  /** What it holds. */
  readonly got: string
  /** What the schema wants. */
  readonly expected: string
}

/** The first violation that a schema found in a value. */
export function firstProblem(error: z.ZodError, value: unknown): SchemaProblem {
  const issue = error.issues[0]
  const path = issue?.path ?? []
  return {
    path: path.length === 0 ? 'the description' : path.join('.'),
    got: inWords(path.reduce(property, value)),
    expected: (issue?.message ?? 'another value').replace(/^(Invalid \w+: )?expected /, ''),
  }
}

function property(value: unknown, key: PropertyKey): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  const entries: readonly (readonly [string, unknown])[] = Object.entries(value)
  return entries.find(([name]) => name === String(key))?.[1]
}

function inWords(value: unknown): string {
  if (value === undefined) return 'missing'
  if (typeof value === 'number') return `${value}`
  const text = JSON.stringify(value) ?? `a ${typeof value}`
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}
