import { writeFileAtomic } from '@deepstruct/training/node'
import type { Compared } from '../compare/compare-models.ts'
import { cellsOf, columnsOfAll, failureLines } from '../compare/rows.ts'
import { fraction } from '../output/number.ts'
import type { TaskDefinition } from '../tasks/task.ts'
import { comparisonPlot } from './comparison-plot.ts'
import { type Html, html } from './html.ts'
import { htmlTable, page, type Section } from './page.ts'
import { learningCurves } from './training-plots.ts'

/** Writes the page of a comparison over seeds: the results side by side, then each model in detail, as its first run left it. */
export async function writeComparedReport(
  path: string,
  all: readonly Compared[],
  { task, seeds }: { readonly task: TaskDefinition; readonly seeds: number },
): Promise<void> {
  const details: Section[] = []
  let about = ''
  for (const { name, first, runs } of all) {
    if (first === undefined) continue
    const { model, data } = first
    about = `${task.describe(model.problem)}, ${data.size} test examples. `
    const [results, ...others] = await task.sections(first)
    const note = `Of the run with seed ${runs[0]?.seed}. ${model.family.summary}.`
    details.push(
      { title: name, note, body: [...learningCurves(model.history), ...(results?.body ?? [])] },
      ...others.map((section) => ({ ...section, title: `${name}: ${section.title}` })),
    )
  }
  await writeFileAtomic(
    path,
    page(
      `Comparison of ${all.map(({ name }) => name).join(', ')}`,
      `${about}${extent(all, seeds)}`,
      [resultSection(all), ...details],
    ),
  )
}

/** How many of the runs are there. */
function extent(all: readonly Compared[], seeds: number): string {
  const done = all.reduce((sum, { runs, failures }) => sum + runs.length + failures.length, 0)
  const whole = all.every(
    ({ runs, failures }) =>
      runs.length + failures.length >= seeds || failures.some(({ seed }) => seed === undefined),
  )
  return whole
    ? `Each model was trained ${seeds === 1 ? 'once' : `${seeds} times, with the seeds 0 to ${seeds - 1}`}.`
    : `This comparison was interrupted: it shows the ${done} runs that were finished, of ${seeds * all.length}.`
}

function resultSection(all: readonly Compared[]): Section {
  const { header, rows } = cellsOf(all)
  // Rates stand in plots; numbers of examples and times only in the table.
  const rates = columnsOfAll(all).filter(({ write }) => write === fraction)
  const failures = failureLines(all)
  return {
    title: 'Results',
    note: 'Mean and standard deviation over the runs, on test examples that nothing was chosen by; thresholds are from held-out training examples.',
    body: [
      htmlTable(header, rows),
      ...failures.map((line): Html => html`<p class="note">${line}</p>`),
      ...rates.map(({ title, values }) =>
        comparisonPlot(
          `${title} on the test examples`,
          title,
          [...values].map(([name, { mean, std }]) => ({ name, value: mean, spread: std })),
        ),
      ),
    ],
  }
}
