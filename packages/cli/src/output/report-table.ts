import type { Report } from '../tasks/task.ts'
import { table } from './table.ts'

/** Metrics of a model as a table for people. */
export function reportTable(name: string, { columns }: Report): string {
  return table(
    ['', ...columns.map(([title]) => title)],
    [[name, ...columns.map(([, value, write]) => write(value))]],
  )
}
