import { split, standardize, syntheticMultilabel } from '@deepstruct/datasets'
import { random } from '@deepstruct/tensor'
import type { Family, JsonObject } from '@deepstruct/training'
import type { Io } from '../../io.ts'
import { fraction } from '../../output/number.ts'
import { progressReporter } from '../../output/progress.ts'
import { table } from '../../output/table.ts'
import { writeAll } from '../../output/write-all.ts'
import { type Contender, trainContenders } from '../../train/train-contenders.ts'
import type { DemoOptions } from '../task.ts'
import { reportOf } from './multilabel-report.ts'
import { multilabelTask } from './multilabel-task.ts'
import { prepared } from './multilabel-training.ts'

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

/** Trains models on synthetic data with planted label dependence, compares them, and writes a page. */
export async function multilabelDemo(
  options: DemoOptions,
  families: readonly Family<'multilabel'>[],
  io: Io,
): Promise<number> {
  const { seed } = options
  const progress = progressReporter(io.stderr, { quiet: options.quiet })
  const { train: all, test, oracle } = syntheticMultilabel({ seed, examples: 3000 })
  const [train, dev] = split(all, 0.2, random(seed))
  const data = prepared(train, dev)
  progress.line(
    `synthetic data: ${train.size} training, ${dev.size} dev and ${test.size} test examples, ${test.labelNames.length} labels that depend on each other`,
  )
  const compared = await trainContenders(
    {
      task: multilabelTask,
      families,
      contenders,
      data,
      test: standardize(test, data.problem.standardizer),
      seed,
      quiet: options.quiet,
    },
    io,
  )
  const results = compared.map((one) => ({
    ...one,
    report: reportOf(one.predicted, one.model.threshold),
  }))
  const ceilings = oracle.ceilings()
  const bounds = [
    { name: 'best marginal threshold', value: ceilings.marginalThreshold },
    { name: 'best of any predictor', value: ceilings.any },
  ]
  // Plots take a while to load.
  const { writeDemoReport } = await import('./demo-report.ts')
  await writeDemoReport(options.report, results, bounds)
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
