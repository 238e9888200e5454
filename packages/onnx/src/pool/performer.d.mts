import type { KernelMemory } from '../fused/instantiate.ts'
import type { Answer, controlWords, Task } from './messages.ts'

/** One of those who compute together. */
export interface Participant {
  /** Its number. */
  readonly index: number
  /** How many there are. */
  readonly count: number
  /** Words that all of them see. */
  readonly control: Int32Array
  /** Memory that all of them see. */
  readonly memory: KernelMemory
  /** Where the words are. */
  readonly words: typeof controlWords
  /** ONNX Runtime. */
  readonly ort: typeof import('onnxruntime-node')
  /** How its sessions are made. */
  readonly settings: object
  /** Waits while a word has a value. */
  readonly wait: (word: number, value: number) => void | Promise<void>
  /** Takes answers, with the memory that may be moved along. */
  readonly answer: (answer: Answer, moved: readonly ArrayBuffer[]) => void
}

/** Makes a participant ready for tasks, which it is to be given one after the other. */
export function createPerformer(participant: Participant): {
  readonly perform: (task: Task) => Promise<void>
}

/** Looks at a word for so many milliseconds, and says whether it has changed from this value. */
export function changes(control: Int32Array, word: number, value: number, patience: number): boolean
