import { type MultilabelDataset, multilabelDataset, split, standardize } from '@deepstruct/datasets'
import { ndarray, random } from '@deepstruct/tensor'
import type { Family } from '@deepstruct/training'
import type { Io } from '../../io.ts'
import { fraction } from '../../output/number.ts'
import { progressReporter } from '../../output/progress.ts'
import { table } from '../../output/table.ts'
import { writeAll } from '../../output/write-all.ts'
import { type Contender, trainContenders } from '../../train/train-contenders.ts'
import { prepared } from '../multilabel/multilabel-training.ts'
import type { DemoOptions } from '../task.ts'
import { classificationTask } from './classification-task.ts'
import { reportOf } from './classification-report.ts'

const contenders: readonly Contender[] = [
  { name: 'SVM, Crammer–Singer', family: 'svm', settings: { c: 0.1 } },
  {
    name: 'SVM, Weston–Watkins',
    family: 'svm',
    settings: { hinge: 'weston-watkins', c: 0.1 },
  },
  { name: 'SVM, one against the rest', family: 'svm', settings: { hinge: 'one-vs-rest', c: 0.1 } },
]

/** Trains machines of each hinge on synthetic clusters, compares them, and writes a page. */
export async function classificationDemo(
  options: DemoOptions,
  families: readonly Family<'classification'>[],
  io: Io,
): Promise<number> {
  const { seed } = options
  const progress = progressReporter(io.stderr, { quiet: options.quiet })
  const [train, dev] = split(clusters(1000, seed, seed), 0.2, random(seed))
  const data = prepared(train, dev)
  const test = standardize(clusters(1000, seed, seed + 1), data.problem.standardizer)
  progress.line(
    `synthetic data: ${train.size} training, ${dev.size} dev and ${test.size} test examples of ${test.labelNames.length} clusters that overlap`,
  )
  const compared = await trainContenders(
    { task: classificationTask, families, contenders, data, test, seed, quiet: options.quiet },
    io,
  )
  const results = compared.map((one) => ({ ...one, report: reportOf(one.predicted) }))
  // Plots take a while to load.
  const { writeComparisonReport } = await import('../../report/comparison-report.ts')
  const { htmlTable } = await import('../../report/page.ts')
  const rows = results.map(({ name, model, report }) => [
    name,
    fraction(report.accuracy),
    fraction(report.macroF1),
    `${model.seconds.toFixed(1)} s`,
  ])
  const head = ['', 'accuracy', 'macro F1', 'training']
  await writeComparisonReport(
    options.report,
    { title: 'Clusters that overlap', summary: 'Support vector machines of several classes.' },
    { title: 'Comparison', body: [htmlTable(head, rows)] },
    results,
  )
  if (options.json) {
    const models = Object.fromEntries(
      results.map(({ name, model, report }) => [name, { ...report, seconds: model.seconds }]),
    )
    await writeAll(io.stdout, `${JSON.stringify({ models, report: options.report })}\n`)
  } else await writeAll(io.stdout, table(head, rows))
  progress.line(`wrote ${options.report}`)
  return 0
}

/** Clusters around random centers, a class each. */
function clusters(examples: number, place: number, seed: number): MultilabelDataset {
  const [features, classes] = [10, 5]
  const centers = random(place).normals([classes, features])
  const r = random(seed + 1000)
  const labels = new Float32Array(examples * classes)
  const noise = r.normals([examples, features], 0, 1.2)
  const x = noise.data.map((value, at) => {
    const [example, j] = [Math.floor(at / features), at % features]
    const cluster = example % classes
    labels[example * classes + cluster] = 1
    return value + (centers.data[cluster * features + j] as number)
  })
  return multilabelDataset({
    features: ndarray(x, [examples, features]),
    labels: ndarray(labels, [examples, classes]),
  })
}
