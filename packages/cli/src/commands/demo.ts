import { split, standardize, syntheticMultilabel } from '@deepstruct/datasets'
import { random } from '@deepstruct/tensor'
import type { Family, JsonObject } from '@deepstruct/training'
import { z } from 'zod'
import { startEngine } from '../engines.ts'
import { reportOf, scoreModel } from '../model/evaluate-model.ts'
import { findFamily } from '../model/find-family.ts'
import { readOptions, type Values } from '../options/read-options.ts'
import { fraction } from '../output/number.ts'
import { progressReporter } from '../output/progress.ts'
import { table } from '../output/table.ts'
import { writeAll } from '../output/write-all.ts'
import type { ComparedModel } from '../report/demo-report.ts'
import { requireWritable } from '../train/file-places.ts'
import { trainModel } from '../train/train-model.ts'
import type { CommandContext, CommandDefinition } from './command.ts'
import { engineOptions, jsonOption, quietOption } from './shared-options.ts'

const schema = z.strictObject({
  report: z
    .string()
    .default('demo-report.html')
    .describe('the page to write')
    .meta({ placeholder: 'file.html' }),
  seed: z.int().default(0).describe('of the data and of training'),
  ...engineOptions,
  json: jsonOption,
  quiet: quietOption,
})

/** A model that takes part in the demo. */
interface Contender {
  readonly name: string
  readonly family: string
  readonly settings: JsonObject
}

// The planted dependence is between pairs of labels, and the inputs are few and clean: a small network, and inference that goes all
// the way to the corners of the box.
const classifier: JsonObject = {
  hidden: [64],
  dropoutInput: 0,
  dropoutHidden: 0.2,
  classifierEpochs: 30,
}
const energy: JsonObject = {
  ...classifier,
  labelEnergy: 'pairwise',
  energyRate: 0.01,
  jointRate: 0.001,
  inferenceSteps: 20,
  inferenceRate: 0.1,
}

const contenders: readonly Contender[] = [
  { name: 'MLP, labels independent', family: 'mlp', settings: classifier },
  {
    name: 'SPEN without label energy',
    family: 'spen',
    settings: { ...energy, labelEnergy: 'none' },
  },
  { name: 'SPEN', family: 'spen', settings: energy },
]

/** Trains models on synthetic data with planted label dependence and compares them. */
export const demo: CommandDefinition = {
  name: 'demo',
  description: 'train and compare models on synthetic data, in under a minute',
  options: schema,
  run,
}

async function run(
  values: Values,
  config: Values,
  { io, families }: CommandContext,
): Promise<number> {
  const options = readOptions(schema, values, config)
  const { seed } = options
  await requireWritable({ '--report': options.report })
  await startEngine(options)
  const progress = progressReporter(io.stderr, { quiet: options.quiet })
  const { train: all, test, oracle } = syntheticMultilabel({ seed, examples: 3000 })
  const [train, dev] = split(all, 0.2, random(seed))
  progress.line(
    `synthetic data: ${train.size} training, ${dev.size} dev and ${test.size} test examples, ${test.labelNames.length} labels that depend on each other`,
  )
  const results: ComparedModel[] = []
  for (const { name, family, settings } of contenders) {
    const each = progressReporter(io.stderr, { quiet: options.quiet, prefix: `${name} · ` })
    const model = await trainModel({
      family: findFamily(families, family),
      settings: settingsOf(findFamily(families, family), settings),
      train,
      dev,
      batchSize: 32,
      seed,
      onProgress: each.training,
    })
    each.end()
    const scored = await scoreModel(model, standardize(test, model.standardizer))
    results.push({ name, model, scored, report: reportOf(scored, model.threshold) })
  }
  const ceilings = oracle.ceilings()
  const bounds = [
    { name: 'best marginal threshold', value: ceilings.marginalThreshold },
    { name: 'best of any predictor', value: ceilings.any },
  ]
  const { writeDemoReport } = await import('../report/demo-report.ts')
  await writeDemoReport(options.report, results, bounds, test)
  if (options.json) {
    const models = Object.fromEntries(
      results.map(({ name, model, report }) => [
        name,
        { f1: report.f1, hammingLoss: report.hammingLoss, seconds: model.seconds },
      ]),
    )
    await writeAll(io.stdout, `${JSON.stringify({ models, ceilings, report: options.report })}\n`)
  } else
    await writeAll(
      io.stdout,
      table(
        ['', 'F1 @ dev threshold', 'F1 @ 0.5', 'training'],
        [
          ...results.map(({ name, model, report }) => [
            name,
            fraction(report.f1.atThreshold),
            fraction(report.f1['at0.5']),
            `${model.seconds.toFixed(1)} s`,
          ]),
          ...bounds.map(({ name, value }) => [`ceiling: ${name}`, fraction(value)]),
        ],
      ),
    )
  progress.line(`wrote ${options.report}`)
  return 0
}

function settingsOf(family: Family<'multilabel'>, settings: JsonObject): JsonObject {
  return readOptions(family.settings, settings) as JsonObject
}
