import { markdownTable } from '../markdown-table.ts'
import type { Comparison } from './comparisons.ts'
import type { Row } from './rows.ts'

/** The rows as a table in Markdown. */
export function rowTable(rows: readonly Row[]): string {
  return markdownTable(
    ['case', 'batch', 'engine', 'min ms', 'median ms', 'calls', 'first ms', 'maxDifference'],
    rows.map((row) => [
      row.case,
      row.batch,
      row.engine,
      row.minMs,
      row.medianMs,
      row.calls,
      row.firstMs,
      row.maxDifference === null ? 'own noise' : row.maxDifference.toExponential(1),
    ]),
  )
}

/** The comparisons as a table in Markdown. */
export function comparisonTable(comparisons: readonly Comparison[]): string {
  return markdownTable(
    ['case', 'batch', 'against', 'best', 'ratio', 'goal', ''],
    comparisons.map((each) => [
      each.case,
      each.batch,
      each.against,
      each.best,
      each.ratio.toFixed(2),
      each.goal ?? '',
      each.verdict,
    ]),
  )
}
