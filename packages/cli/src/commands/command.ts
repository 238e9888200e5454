import type { AnyFamily } from '@deepstruct/training'
import type { z } from 'zod'
import type { Io } from '../io.ts'
import type { Values } from '../options/read-options.ts'
import type { TaskCommand } from '../options/task-options.ts'

/** What every command gets. */
export interface CommandContext {
  /** The world. */
  readonly io: Io
  /** The model families. */
  readonly families: readonly AnyFamily[]
  /** The family that `--model` names. */
  readonly family?: AnyFamily
  /** The arguments of the whole command, to be repeated in advice. */
  readonly args: readonly string[]
}

/** A command of `deepstruct`. */
export interface CommandDefinition {
  /** Its name. */
  readonly name: string
  /** One line of help. */
  readonly description: string
  /** Its options: on the command line, in a configuration file and in help. */
  readonly options: z.ZodObject
  /** Where it has options that depend on the task: whose options of a task they are. */
  readonly taskOptions?: TaskCommand
  /**
   * Does the work.
   *
   * @param values - what the command line says
   * @param config - what the configuration file says
   * @returns the exit code
   * @throws {@link UsageError} when the options make no sense
   */
  run(values: Values, config: Values, context: CommandContext): Promise<number>
}
