import { writeFileAtomic } from '@deepstruct/training/node'
import type { Predictions } from '../tasks/task.ts'
import { tasks } from '../tasks/tasks.ts'
import { page } from './page.ts'

/** Writes the page of an evaluation. */
export async function writeEvaluationReport(path: string, predictions: Predictions): Promise<void> {
  const { model, data } = predictions
  const task = tasks[model.family.task]
  const summary = `${data.size} examples, ${task.describe(model.problem)}.`
  await writeFileAtomic(
    path,
    page(`Evaluation of ${model.family.name}`, summary, await task.sections(predictions)),
  )
}
