import type { Task } from '@deepstruct/training'
import { multilabelTask } from './multilabel/multilabel-task.ts'
import type { TaskDefinition } from './task.ts'

/** Every task, by name. */
export const tasks: Readonly<Record<Task, TaskDefinition>> = {
  multilabel: multilabelTask,
}

/** Their names. */
export const taskNames: readonly Task[] = Object.keys(tasks) as Task[]
