import { writeFileAtomic } from '@deepstruct/training/node'
import { page } from './page.ts'
import { type Predictions, predictionSections } from './prediction-sections.ts'

/** Writes the page of an evaluation. */
export async function writeEvaluationReport(
  path: string,
  { name, ...predictions }: Predictions & { readonly name: string },
): Promise<void> {
  const { model, report } = predictions
  const summary = `${report.examples} examples, ${model.sizes.inputs} features, ${model.labelNames.length} labels.`
  await writeFileAtomic(
    path,
    page(`${model.family.name} on ${name}`, summary, await predictionSections(predictions)),
  )
}
