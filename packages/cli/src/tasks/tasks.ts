import type { Task } from '@deepstruct/training'
import { classificationTask } from './classification/classification-task.ts'
import { multilabelTask } from './multilabel/multilabel-task.ts'
import { segmentationTask } from './segmentation/segmentation-task.ts'
import { taggingTask } from './tagging/tagging-task.ts'
import type { TaskDefinition } from './task.ts'

/** Every task, by name. */
export const tasks: Readonly<Record<Task, TaskDefinition>> = {
  multilabel: multilabelTask,
  classification: classificationTask,
  segmentation: segmentationTask,
  tagging: taggingTask,
}

/** Their names. */
export const taskNames: readonly Task[] = Object.keys(tasks) as Task[]
