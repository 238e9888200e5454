import type { ModelReport } from '../model/evaluate-model.ts'
import { fraction, short } from './number.ts'
import { table } from './table.ts'

/** Metrics of one or several models as a table for people. */
export function reportTable(
  reports: readonly { readonly name: string; readonly report: ModelReport }[],
): string {
  return table(
    ['', 'examples', 'F1 @ 0.5', 'F1 @ threshold', 'threshold', 'Hamming loss', 'examples/s'],
    reports.map(({ name, report }) => [
      name,
      String(report.examples),
      fraction(report.f1['at0.5']),
      fraction(report.f1.atThreshold),
      short(report.f1.threshold),
      fraction(report.hammingLoss),
      report.examplesPerSecond.toFixed(0),
    ]),
  )
}
