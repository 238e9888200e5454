import * as Plot from '@observablehq/plot'
import { fraction } from '../../output/number.ts'
import { calibrationSections } from '../../report/calibration-sections.ts'
import { energySections } from '../../report/energy-sections.ts'
import { type Html, html } from '../../report/html.ts'
import { htmlTable, type Section } from '../../report/page.ts'
import { palette, plot } from '../../report/plot.ts'
import type { TaggingPredictions } from './tagging-problem.ts'
import { type JudgedToken, judgedTokens, reportOf, type TagReport } from './tagging-report.ts'

const SHOWN_PAIRS = 12
const SHOWN_SENTENCES = 10
/** More bars than this would be no plot. */
const MOST_TAGS = 50

/** What can be said of predicted tags: metrics, tags, what is taken for what, inference, mistakes. */
export async function tagSections(predictions: TaggingPredictions): Promise<readonly Section[]> {
  const { predicted, data } = predictions
  const report = reportOf(predicted, data)
  const judged = judgedTokens(predicted, data)
  return [
    { title: 'Results', body: [metricsTable(report)] },
    {
      title: 'Tags',
      body: [tagPlot(report, judged), confusionTable(judged)],
    },
    ...(await energySections(predictions)),
    ...(await calibrationSections(predictions)),
    {
      title: 'Sentences with errors',
      note: 'Each token with its tag; where it is wrong, the right tag in green and the predicted one struck.',
      body: [mistakes(judged)],
    },
  ]
}

function metricsTable({ tokens, tokenAccuracy, unknown, macroF1 }: TagReport): Html {
  return htmlTable(
    ['', 'tokens', ''],
    [
      ['tags that are right', String(tokens), fraction(tokenAccuracy)],
      [
        'those of unknown words',
        String(unknown.tokens),
        unknown.accuracy === null ? '' : fraction(unknown.accuracy),
      ],
      ['F1, mean over tags', '', fraction(macroF1)],
    ],
  )
}

/** The F1 of each tag, the most frequent first. */
function tagPlot({ f1 }: TagReport, judged: readonly JudgedToken[]): Html {
  const bars = Object.entries(f1)
    .map(([name, value]) => ({
      name,
      value,
      count: judged.filter(({ actual }) => actual === name).length,
    }))
    .toSorted((a, b) => b.count - a.count)
    .slice(0, MOST_TAGS)
  return plot('F1 of each tag; beside it how many tokens have it', {
    height: 50 + 17 * bars.length,
    marginLeft: 20 + 7 * Math.max(...bars.map(({ name }) => name.length)),
    marginRight: 48,
    x: { label: 'F1', domain: [0, 1], grid: true },
    y: { label: null, domain: bars.map(({ name }) => name) },
    marks: [
      Plot.barX(bars, { x: 'value', y: 'name', fill: palette[2] as string }),
      Plot.text(bars, {
        x: 1,
        y: 'name',
        text: ({ count }) => String(count),
        dx: 6,
        textAnchor: 'start',
      }),
    ],
  })
}

/** What is most often taken for what. */
function confusionTable(judged: readonly JudgedToken[]): Html {
  const pairs = grouped(
    judged.filter(({ actual, predicted }) => actual !== predicted),
    ({ actual, predicted }) => JSON.stringify([actual, predicted]),
  )
  const rows = [...pairs.values()]
    .toSorted((a, b) => b.length - a.length)
    .slice(0, SHOWN_PAIRS)
    .map((tokens) => [
      tokens[0]!.actual,
      tokens[0]!.predicted,
      String(tokens.length),
      [...new Set(tokens.map(({ token }) => token))].slice(0, 6).join(' '),
    ])
  return rows.length === 0
    ? html`<p>No token has a wrong tag.</p>`
    : htmlTable(['tag', 'taken for', 'tokens', 'for instance'], rows, [1, 3])
}

/** Items by a key, in the order of their first ones. */
function grouped<T, K>(items: readonly T[], keyOf: (item: T) => K): ReadonlyMap<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group === undefined) groups.set(keyOf(item), [item])
    else group.push(item)
  }
  return groups
}

/** The first sentences that are not right. */
function mistakes(judged: readonly JudgedToken[]): Html {
  const sentences = [...grouped(judged, ({ sentence }) => sentence)]
    .filter(([, tokens]) => tokens.some(({ actual, predicted }) => actual !== predicted))
    .slice(0, SHOWN_SENTENCES)
  if (sentences.length === 0) return html`<p>None.</p>`
  return htmlTable(
    ['sentence', 'tokens'],
    sentences.map(([sentence, tokens]) => [String(sentence + 1), html`${tokens.map(marked)}`]),
    [1],
  )
}

function marked({ token, actual, predicted }: JudgedToken): Html {
  return actual === predicted
    ? html`${token}<sub>${actual}</sub> `
    : html`${token}<sub
          ><span class="hit">${actual}</span> <span class="wrong">${predicted}</span></sub
        > `
}
