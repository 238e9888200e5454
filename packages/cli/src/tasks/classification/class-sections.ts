import { fraction } from '../../output/number.ts'
import { htmlTable, type Section } from '../../report/page.ts'
import type { ClassPredictions } from './classification-problem.ts'
import { reportOf } from './classification-report.ts'

const SHOWN_PAIRS = 12

/** What can be said of predicted classes: metrics, classes, and what is taken for what. */
export function classSections({ model, predicted }: ClassPredictions): readonly Section[] {
  const names = model.problem.labelNames
  const { accuracy, macroF1, f1 } = reportOf(predicted)
  const confusions = confusionsOf(predicted.scores.data, predicted.labels.data, names.length)
  const mistakes = confusions
    .flatMap((row, actual) => row.map((count, found) => ({ actual, found, count })))
    .filter(({ actual, found, count }) => actual !== found && count > 0)
    .toSorted((a, b) => b.count - a.count)
    .slice(0, SHOWN_PAIRS)
  return [
    {
      title: 'Results',
      body: [
        htmlTable(
          ['', ''],
          [
            ['classes that are right', fraction(accuracy)],
            ['F1, mean over classes', fraction(macroF1)],
          ],
        ),
      ],
    },
    {
      title: 'Classes',
      body: [
        htmlTable(
          ['class', 'examples', 'F1'],
          names.map((name, k) => [
            name,
            String((confusions[k] as number[]).reduce((sum, count) => sum + count)),
            fraction(f1[k] as number),
          ]),
        ),
      ],
    },
    {
      title: 'What is taken for what',
      body: [
        htmlTable(
          ['class', 'taken for', 'examples'],
          mistakes.map(({ actual, found, count }) => [
            names[actual] as string,
            names[found] as string,
            String(count),
          ]),
          [1],
        ),
      ],
    },
  ]
}

/** How many examples of each class got each class. */
function confusionsOf(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
): readonly number[][] {
  const counts = Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0))
  const best = (values: ArrayLike<number>, from: number): number => {
    let at = 0
    for (let k = 1; k < classes; k++)
      if ((values[from + k] as number) > (values[from + at] as number)) at = k
    return at
  }
  for (let from = 0; from < labels.length; from += classes) {
    const row = counts[best(labels, from)] as number[]
    const found = best(scores, from)
    row[found] = (row[found] as number) + 1
  }
  return counts
}
