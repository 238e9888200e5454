import type { Host } from '@deepstruct/tensor'
import type { Labeled } from '@deepstruct/training'
import type { Examples } from '../tasks/task.ts'

/** The first examples of a data set as a batch. */
export function firstExamples(data: Examples, most: number): Host<Labeled> {
  return data.batch(Array.from({ length: Math.min(most, data.size) }, (_, i) => i))
}
