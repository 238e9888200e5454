import { taggedDataset } from '@deepstruct/datasets'
import type { Family, JsonObject } from '@deepstruct/training'
import type { Io } from '../../io.ts'
import { fraction } from '../../output/number.ts'
import { progressReporter } from '../../output/progress.ts'
import { table } from '../../output/table.ts'
import { writeAll } from '../../output/write-all.ts'
import { type Contender, trainContenders } from '../../train/train-contenders.ts'
import type { DemoOptions } from '../task.ts'
import { markovSentences } from './synthetic-sentences.ts'
import { reportOf } from './tagging-report.ts'
import { taggingTask } from './tagging-task.ts'
import { heldOut, prepared } from './tagging-training.ts'

// Small networks for short sentences.
const tagger: JsonObject = {
  wordWidth: 16,
  columnWidth: 8,
  units: 16,
  taggerRate: 0.01,
  taggerEpochs: 6,
}

const contenders: readonly Contender[] = [
  { name: 'tagger, tags independent', family: 'tagger', settings: tagger },
  {
    name: 'SPEN, pairs of tags',
    family: 'spen',
    settings: { ...tagger, energyEpochs: 6, energyRate: 0.02 },
  },
  {
    name: 'inference network',
    family: 'infnet',
    settings: { ...tagger, gameEpochs: 4, tuningEpochs: 2 },
  },
]

/** Trains models of tags on synthetic sentences, compares them, and writes a page. */
export async function taggingDemo(
  options: DemoOptions,
  families: readonly Family<'tagging'>[],
  io: Io,
): Promise<number> {
  const { seed } = options
  const progress = progressReporter(io.stderr, { quiet: options.quiet })
  const { train, dev } = heldOut(markovSentences(600, seed), 0.2, seed)
  const data = prepared(train, dev, { minCount: 2 })
  const test = taggedDataset({ ...data.problem, sentences: markovSentences(400, seed + 1) })
  progress.line(
    `synthetic sentences: ${train.length} training, ${dev.length} dev and ${test.size} test examples, half of whose words say nothing of their tag`,
  )
  const compared = await trainContenders(
    { task: taggingTask, families, contenders, data, test, seed, quiet: options.quiet },
    io,
  )
  const results = compared.map((one) => ({ ...one, report: reportOf(one.predicted, test) }))
  // Plots take a while to load.
  const { writeDemoReport } = await import('./demo-report.ts')
  await writeDemoReport(options.report, results)
  if (options.json) {
    const models = Object.fromEntries(
      results.map(({ name, model, report }) => [name, { ...report, seconds: model.seconds }]),
    )
    await writeAll(io.stdout, `${JSON.stringify({ models, report: options.report })}\n`)
  } else
    await writeAll(
      io.stdout,
      table(
        ['', 'token accuracy', 'macro F1', 'training'],
        results.map(({ name, model, report }) => [
          name,
          fraction(report.tokenAccuracy),
          fraction(report.macroF1),
          `${model.seconds.toFixed(1)} s`,
        ]),
      ),
    )
  progress.line(`wrote ${options.report}`)
  return 0
}
