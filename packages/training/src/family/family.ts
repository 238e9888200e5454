import type { TracedSolution } from '@deepstruct/inference'
import type { Tensor } from '@deepstruct/tensor'
import type { z } from 'zod'
import type { EpochRecord } from '../fit/progress.ts'
import type { Learner } from '../learner.ts'
import type { JsonObject } from '../model-file/model-file.ts'
import type { Labeled } from './labeled.ts'

/** The size of a problem of labels, or of classes. */
export interface Sizes {
  /** The number of features. */
  readonly inputs: number
  /** The number of labels. */
  readonly labels: number
}

/** The size of a segmentation problem. */
export interface ImageSizes {
  /** Rows of an image. */
  readonly height: number
  /** Columns of an image. */
  readonly width: number
  /** Channels of an image, for instance 3. */
  readonly channels: number
  /** The classes of pixels, 2 or more, where a mask has one of several at each pixel; left out, a mask is one object and what is around it. */
  readonly classes?: number
}

/** The size of a tagging problem. */
export interface TagSizes {
  /** The ids of each column, 0 to one less than this; 0 is padding, and 1 what training has not seen. */
  readonly columns: readonly number[]
  /** The number of tags. */
  readonly tags: number
}

/** What is predicted, with what a family is told of the size of the problem. */
export interface Problems {
  /** A set of labels: inputs `[batch, features]`, outputs `[batch, labels]`. */
  readonly multilabel: Sizes
  /** One class: inputs `[batch, features]`, outputs `[batch, classes]`, one-hot; the labels are the classes. The highest score is predicted. */
  readonly classification: Sizes
  /**
   * A mask: inputs `[batch, height, width, channels]`, outputs `[batch, height, width]`; where pixels have one of several classes,
   * `[batch, height, width, classes]`, one-hot.
   */
  readonly segmentation: ImageSizes
  /**
   * A tag for each token: inputs are ids, int32 `[batch, length, columns]`, outputs `[batch, length, tags]`. Where the first column is 0, a
   * sentence has ended: such positions count nowhere, and their outputs are 0.
   */
  readonly tagging: TagSizes
}

/** The name of a task, for instance `multilabel`. */
export type Task = keyof Problems

/** The parameters of any family: parts by name, each a tree of tensors. */
export type Parameters = { readonly [part: string]: unknown }

/**
 * A model family as the command line and comparisons see it: settings that JSON can hold, how to train with them, and what runs
 * at test time. A method that serves two tasks is two families of one name. `T` is the task, `C` are the settings, `S` the state
 * that training moves.
 */
export interface Family<T extends Task, C = JsonObject, S = Parameters> {
  /** The name on the command line and in model files, for instance `spen`. */
  readonly name: string
  /** What it predicts. */
  readonly task: T
  /** One line for help texts. */
  readonly summary: string
  /** The settings with their defaults and descriptions; parsing `{}` gives the defaults. Each is one option of the command line. */
  readonly settings: z.ZodObject
  /** The rows of a batch that its settings are meant for; default what `fit` takes. */
  readonly batchSize?: number
  /** How it is trained; the state that comes out of `fit` is what {@link Family.solve} takes. */
  learner(settings: C, sizes: Problems[T]): Learner<S, Labeled>
  /** What runs at test time: scores of the labels in $[0, 1]$ as `y`, with their energy. Traceable. */
  solve(settings: C, sizes: Problems[T]): (params: S, x: Tensor) => TracedSolution
  /** The settings with another number of inference steps, 1 or more: a report shows the way to an output by it. Families without steps have none. */
  withSteps?(settings: C, steps: number): C
  /** Whether a family of masks serves those of several classes too; default no. */
  readonly severalClasses?: boolean
  /** What an earlier stage of training found, where the state keeps it: a report shows it beside the output. Traceable. */
  readonly earlier?: {
    /** The name of the stage, for instance `before the adversary`. */
    readonly name: string
    /** As {@link Family.solve}. */
    solve(settings: C, sizes: Problems[T]): (params: S, x: Tensor) => TracedSolution
  }
  /**
   * Where the family has learned to tell true outputs from its own: how true parts of outputs look, `[batch, rows, columns]` in $[0, 1]$. A
   * report shows it of the truth and of outputs. Traceable.
   */
  judge?(settings: C, sizes: Problems[T]): (params: S, examples: Labeled) => Tensor
  /** What of a course of training a user should know beyond its scores, a sentence each; empty where all went well. */
  warnings?(history: readonly EpochRecord[]): readonly string[]
  /**
   * Where the family predicts what outputs are worth: for examples with their truth and outputs `y` in $[0, 1]$ of the same shape, the
   * predicted and the true values, `[batch]` each. A report draws one against the other. Traceable.
   */
  values?(
    settings: C,
    sizes: Problems[T],
  ): (params: S, examples: Labeled, y: Tensor) => FamilyValues
}

/** Values of outputs, see {@link Family.values}. */
export interface FamilyValues {
  /** What the model says, `[batch]` in $[0, 1]$. */
  readonly predicted: Tensor
  /** What is true, `[batch]` in $[0, 1]$. */
  readonly actual: Tensor
}

/** A family of any task; its `task` tells which. */
export type AnyFamily = { readonly [T in Task]: Family<T> }[Task]

/** Forgets the types of a family's settings and state, so that families can stand in one list. */
export function family<T extends Task, C, S>(typed: Family<T, C, S>): Family<T> {
  // Settings are parsed by the family's own schema, and a state comes from its own learner, before either is used.
  return typed as unknown as Family<T>
}
