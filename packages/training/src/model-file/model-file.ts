import type { NDArray, Tree } from '@deepstruct/tensor'

/** A value that JSON can hold. */
export type Json = JsonObject | readonly Json[] | string | number | boolean | null

/** An object that JSON can hold. */
export interface JsonObject {
  /** Any key. */
  readonly [key: string]: Json
}

/** The format that this release writes. It reads this one and every earlier one. */
export const MODEL_FORMAT = 1

/** How inputs are standardized before the model sees them: the `Standardizer` of `@deepstruct/datasets`. */
export type ModelStandardizer =
  | {
      /** Inputs are left as they are. */
      readonly kind: 'identity'
    }
  | {
      /** $x'_j = (x_j - \mu_j) / \sigma_j$. */
      readonly kind: 'affine'
      /** $\mu$, one value for each feature. */
      readonly mean: readonly number[]
      /** $\sigma$, one value for each feature; never 0. */
      readonly scale: readonly number[]
    }

/** What the ids of one column of tokens stand for. */
export interface ModelVocabulary {
  /** What is looked at in a token, for instance `word`. */
  readonly feature: string
  /** What has the ids from 2 on; 0 is padding, and 1 what is not in the list. */
  readonly values: readonly string[]
}

/** What a model expects as its inputs. */
export interface ModelInputs {
  /** Number of values of one example: its features, the pixels of an image times its channels, or the ids of a token. */
  readonly count: number
  /** The shape of one example where it is no row of features, for instance `[height, width, channels]`; its product is `count`. */
  readonly shape?: readonly number[]
  /** From raw inputs to those that the model was trained on. */
  readonly standardizer?: ModelStandardizer
  /** What ids stand for, where inputs are tokens: one vocabulary for each id of a token. */
  readonly vocabularies?: readonly ModelVocabulary[]
}

/** A trained model as plain data: all that prediction needs, in one file. */
export interface ModelFile {
  /** The version of the layout, see {@link MODEL_FORMAT}. */
  readonly format: typeof MODEL_FORMAT
  /** What is predicted, for instance `multilabel`, which it is in files that do not say. */
  readonly task: string
  /** The model family that reads the rest, for instance `spen`. */
  readonly family: string
  /** What the family needs to build the model again; its own business, checked by the family. */
  readonly configuration: JsonObject
  /** The names of the labels, in the order of the outputs. */
  readonly labelNames?: readonly string[]
  /** What comes in. */
  readonly inputs: ModelInputs
  /** Labels with a score above this are predicted. */
  readonly threshold: number
  /** A digest of the training data, for instance `sha256:…`. */
  readonly dataDigest: string
  /** The trained parameters. */
  readonly parameters: Tree<NDArray>
  /** The release that wrote the file, for instance `0.1.0`. */
  readonly createdBy: string
}

/** A model that is to be written; the format is filled in, and the task where it is `multilabel`. */
export type NewModelFile = Omit<ModelFile, 'format' | 'task'> & Partial<Pick<ModelFile, 'task'>>
