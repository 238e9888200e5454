import { z } from 'zod'

/** One option of the command line, read off a schema. */
export interface SchemaOption {
  /** The key in the schema and in a configuration file: `labelEnergy`. */
  readonly key: string
  /** `--label-energy`. */
  readonly flag: string
  /** Whether this is a switch that is on unless it is turned off. */
  readonly isOn: boolean
  /** What stands for the value in help; none for a switch. */
  readonly placeholder?: string
  /** One line of help, with the default of a value. */
  readonly description: string
  /** The value that a text stands for; where it is none, the text itself, which the schema then refuses. */
  parse(text: string): unknown
}

/** The part of JSON Schema that settings use. */
interface Property {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly items?: Property
  readonly anyOf?: readonly Property[]
  readonly default?: string | number | boolean | readonly unknown[]
  readonly description?: string
  readonly placeholder?: unknown
}

/**
 * The options behind a schema: one for each key, in its order. A list is written `a,b,c`, a boolean is a switch with a `--no-` form,
 * and `.meta({ placeholder: 'file' })` names a value in help.
 */
export function schemaOptions(schema: z.ZodObject): readonly SchemaOption[] {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return Object.entries(properties as Readonly<Record<string, Property>>).map(([key, property]) => {
    const placeholder = placeholderOf(property)
    return {
      key,
      flag: flagOf(key),
      isOn: property.default === true,
      ...(placeholder === undefined ? {} : { placeholder }),
      description: descriptionOf(property),
      parse: (text) => parseValue(property, text),
    }
  })
}

/** `--label-energy` for `labelEnergy`. */
export function flagOf(key: string): string {
  return `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

function placeholderOf(property: Property): string | undefined {
  if (typeof property.placeholder === 'string') return property.placeholder
  if (property.enum !== undefined) return property.enum.map(String).join('|')
  switch (property.type) {
    case 'boolean':
      return undefined
    case 'array':
      return `${placeholderOf(property.items ?? {}) ?? 'value'},…`
    case 'number':
    case 'integer':
      return 'n'
    case undefined:
    default:
      return 'value'
  }
}

function descriptionOf({ description = '', default: value }: Property): string {
  if (value === undefined || typeof value === 'boolean') return description
  const text = Array.isArray(value) ? value.join(',') : String(value)
  return `${description} (default: ${text === '' ? 'none' : text})`
}

function parseValue(property: Property, text: string): unknown {
  if (property.anyOf !== undefined)
    return property.anyOf
      .map((choice) => parseValue(choice, text))
      .reduce((found, value) => (found === text ? value : found), text)
  switch (property.type) {
    case 'number':
    case 'integer':
      return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text)
    case 'array':
      return text.trim() === ''
        ? []
        : text.split(',').map((part) => parseValue(property.items ?? {}, part.trim()))
    case undefined:
    default:
      return text
  }
}
