import { writeFileAtomic } from '@deepstruct/training/node'
import { tasks } from '../tasks/tasks.ts'
import type { TrainedModel } from '../train/train-model.ts'
import { html } from './html.ts'
import { page } from './page.ts'
import { learningCurves } from './training-plots.ts'

/** Writes the page of a training run: its course, and what the model predicts on the held-out examples. */
export async function writeTrainingReport(path: string, trained: TrainedModel): Promise<void> {
  const { family, problem, settings, epochs, seconds, dev, history } = trained
  if (dev === undefined) return
  const task = tasks[family.task]
  const warnings = family.warnings?.(history) ?? []
  const [results, ...others] = await task.sections({ model: trained, ...dev })
  const summary = `${family.summary}: ${task.describe(problem)}; ${epochs} epochs in ${seconds.toFixed(1)} s. All figures are of the ${dev.data.size} held-out examples.`
  await writeFileAtomic(
    path,
    page(`Training ${family.name}`, summary, [
      ...(results === undefined ? [] : [results]),
      ...(warnings.length === 0
        ? []
        : [{ title: 'Warnings', body: warnings.map((text) => html`<p>${text}</p>`) }]),
      { title: 'Learning', body: learningCurves(history) },
      ...others,
      { title: 'Settings', body: [html`<pre>${JSON.stringify(settings, null, 2)}</pre>`] },
    ]),
  )
}
