import type { Family } from '@deepstruct/training'
import type { Io } from '../io.ts'

/** What every command gets. */
export interface CommandContext {
  /** The world. */
  readonly io: Io
  /** The model families. */
  readonly families: readonly Family[]
  /** The arguments of the whole command, to be repeated in advice. */
  readonly args: readonly string[]
}
