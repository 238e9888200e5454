import { flatten, isNDArray, ModelFileError, type NDArray } from '@deepstruct/tensor'
import type { AnyFamily } from '@deepstruct/training'
import { loadModel } from '@deepstruct/training/node'
import { z } from 'zod'
import { engineNames, engines } from '../engines.ts'
import { errorLine } from '../errors.ts'
import { readOptions, type Values } from '../options/read-options.ts'
import { short } from '../output/number.ts'
import { writeAll } from '../output/write-all.ts'
import { version } from '../version.ts'
import type { CommandContext, CommandDefinition } from './command.ts'
import { jsonOption, modelFileOption } from '../options/shared-options.ts'

const schema = z.strictObject({
  modelFile: modelFileOption.exactOptional(),
  json: jsonOption,
})

/** Describes a model file, or this installation. */
export const info: CommandDefinition = {
  name: 'info',
  description: 'describe a model file, or this installation',
  options: schema,
  run,
}

async function run(
  values: Values,
  config: Values,
  { io, families }: CommandContext,
): Promise<number> {
  const options = readOptions(schema, values, config)
  const facts =
    options.modelFile === undefined
      ? {
          deepstruct: version,
          node: process.version,
          platform: `${process.platform} ${process.arch}`,
          engines: await enginesHere(),
          families: summaries(families),
        }
      : await modelFacts(options.modelFile)
  await writeAll(io.stdout, options.json ? `${JSON.stringify(facts)}\n` : factLines(facts))
  return 0
}

/** Which engines start on this machine, and why the others do not. */
async function enginesHere(): Promise<Readonly<Record<string, string>>> {
  const found: [string, string][] = []
  for (const name of engineNames)
    found.push([
      name,
      await engines[name]().then(
        () => 'ready',
        (error: unknown) => `not here: ${errorLine(error)}`,
      ),
    ])
  return Object.fromEntries(found)
}

/** What each family is, by name; a name that serves several tasks says so. */
function summaries(families: readonly AnyFamily[]): Readonly<Record<string, string>> {
  const textOf = (name: string): string =>
    families
      .filter((family) => family.name === name)
      .map(({ summary, task }) => `${summary} (${task})`)
      .join('; ')
  return Object.fromEntries(families.map(({ name }) => [name, textOf(name)]))
}

async function modelFacts(path: string): Promise<Readonly<Record<string, unknown>>> {
  const { parameters, inputs, labelNames, ...model } = await loadModel(path)
  const { leaves } = flatten(parameters, isNDArray, (at) => {
    throw new ModelFileError({
      function: 'info',
      argument: `the parameter ${at}`,
      got: 'no array',
      expected: 'a tree of arrays',
      file: path,
    })
  })
  const total = (of: (leaf: NDArray) => number): number =>
    leaves.reduce((sum, leaf) => sum + of(leaf), 0)
  return {
    file: path,
    format: model.format,
    task: model.task,
    family: model.family,
    settings: model.configuration,
    ...(inputs.shape === undefined
      ? { features: inputs.count, standardizer: inputs.standardizer?.kind ?? 'identity' }
      : { inputShape: inputs.shape }),
    ...(labelNames === undefined ? {} : { labels: labelNames }),
    threshold: model.threshold,
    parameters: total(({ data }) => data.length),
    bytes: total(({ data }) => data.byteLength),
    dataDigest: model.dataDigest,
    createdBy: model.createdBy,
  }
}

/** Facts as indented lines for people. */
function factLines(facts: Readonly<Record<string, unknown>>, indent = ''): string {
  const entries = Object.entries(facts)
  const width = entries.reduce((longest, [name]) => Math.max(longest, name.length), 0)
  return entries
    .map(([name, value]) => {
      if (Array.isArray(value)) return `${indent}${name.padEnd(width)}  ${listOf(value)}\n`
      if (typeof value === 'object' && value !== null)
        return `${indent}${name}\n${factLines(value as Readonly<Record<string, unknown>>, `${indent}  `)}`
      const text = typeof value === 'number' ? short(value) : String(value)
      return `${indent}${name.padEnd(width)}  ${text}\n`
    })
    .join('')
}

function listOf(values: readonly unknown[]): string {
  const shown = values.slice(0, 12).map(String).join(', ')
  return values.length > 12 ? `${values.length}: ${shown}, …` : shown
}
