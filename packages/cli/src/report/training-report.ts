import { writeFileAtomic } from '@deepstruct/training/node'
import type { TrainedModel } from '../train/train-model.ts'
import { html } from './html.ts'
import { page } from './page.ts'
import { predictionSections } from './prediction-sections.ts'
import { learningCurves } from './training-plots.ts'

/** Writes the page of a training run: its course, and what the model predicts on the held-out examples. */
export async function writeTrainingReport(path: string, trained: TrainedModel): Promise<void> {
  const { family, sizes, settings, epochs, seconds, dev, history } = trained
  if (dev === undefined) return
  const [results, ...others] = await predictionSections({ model: trained, ...dev })
  const summary = `${family.summary}. ${sizes.inputs} features, ${sizes.labels} labels; ${epochs} epochs in ${seconds.toFixed(1)} s. All figures are of the ${dev.report.examples} held-out examples.`
  await writeFileAtomic(
    path,
    page(`Training ${family.name}`, summary, [
      ...(results === undefined ? [] : [results]),
      { title: 'Learning', body: learningCurves(history) },
      ...others,
      { title: 'Settings', body: [html`<pre>${JSON.stringify(settings, null, 2)}</pre>`] },
    ]),
  )
}
