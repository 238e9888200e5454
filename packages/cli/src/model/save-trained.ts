import type { NDArray, Tree } from '@deepstruct/tensor'
import { saveModel } from '@deepstruct/training/node'
import type { UsableModel } from '../tasks/task.ts'
import { tasks } from '../tasks/tasks.ts'
import { version } from '../version.ts'

/**
 * Writes a model file.
 *
 * @param digest - of the training data
 */
export async function saveTrained(path: string, model: UsableModel, digest: string): Promise<void> {
  const { family, settings, problem, threshold, parameters } = model
  await saveModel(path, {
    task: family.task,
    family: family.name,
    configuration: settings,
    ...tasks[family.task].fileOf(problem),
    threshold,
    dataDigest: digest,
    parameters: parameters as Tree<NDArray>,
    createdBy: version,
  })
}
