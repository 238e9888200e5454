import { writeFileAtomic } from '@deepstruct/training/node'
import { tasks } from '../tasks/tasks.ts'
import type { ComparedModel } from '../train/train-contenders.ts'
import { page, type Section } from './page.ts'
import { learningCurves } from './training-plots.ts'

/**
 * Writes the page of a comparison: the results, the course of each training, and the last model in detail.
 *
 * @param comparison - the results side by side
 */
export async function writeComparisonReport(
  path: string,
  { title, summary }: { readonly title: string; readonly summary: string },
  comparison: Section,
  results: readonly ComparedModel[],
): Promise<void> {
  const learning = results.map(({ name, model }): Section => ({
    title: `Learning: ${name}`,
    body: learningCurves(model.history),
  }))
  const details: Section[] = []
  const about: string[] = [summary]
  for (const last of results.slice(-1)) {
    const { family, problem } = last.model
    const task = tasks[family.task]
    about.push(`Test data: ${last.data.size} examples, ${task.describe(problem)}.`)
    for (const section of await task.sections(last))
      details.push({ ...section, title: `${last.name}: ${section.title}` })
  }
  await writeFileAtomic(path, page(title, about.join(' '), [comparison, ...learning, ...details]))
}
