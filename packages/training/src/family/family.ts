import type { TracedSolution } from '@deepstruct/inference'
import type { Tensor } from '@deepstruct/tensor'
import type { z } from 'zod'
import type { Learner } from '../learner.ts'
import type { JsonObject } from '../model-file/model-file.ts'
import type { Labeled } from './labeled.ts'

/** The size of a multi-label problem. */
export interface Sizes {
  /** The number of features. */
  readonly inputs: number
  /** The number of labels. */
  readonly labels: number
}

/** The parameters of any family: parts by name, each a tree of tensors. */
export type Parameters = { readonly [part: string]: unknown }

/**
 * A model family as the command line and comparisons see it: settings that JSON can hold, how to train with them, and what runs
 * at test time. `C` are the settings, `S` the state that training moves.
 */
export interface Family<C = JsonObject, S = Parameters> {
  /** The name on the command line and in model files, for instance `spen`. */
  readonly name: string
  /** One line for help texts. */
  readonly summary: string
  /** The settings with their defaults and descriptions; parsing `{}` gives the defaults. Each is one option of the command line. */
  readonly settings: z.ZodObject
  /** How it is trained; the state that comes out of `fit` is what {@link Family.solve} takes. */
  learner(settings: C, sizes: Sizes): Learner<S, Labeled>
  /** What runs at test time: scores of the labels in $[0, 1]$ as `y`, with their energy. Traceable. */
  solve(settings: C, sizes: Sizes): (params: S, x: Tensor) => TracedSolution
}

/** Forgets the types of a family's settings and state, so that families can stand in one list. */
export function family<C, S>(typed: Family<C, S>): Family {
  // Settings are parsed by the family's own schema, and a state comes from its own learner, before either is used.
  return typed as unknown as Family
}
