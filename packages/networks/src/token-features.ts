import {
  cast,
  type Host,
  type NDArray,
  type NoiseSpec,
  notEqual,
  slice,
  squeeze,
  type Tensor,
} from '@deepstruct/tensor'
import { bilstm, type BilstmParams } from './bilstm.ts'
import { checkRate, dropout, dropoutNoise } from './dropout.ts'
import { embedding, type EmbeddingConfiguration, type EmbeddingParams } from './embedding.ts'
import type { Network } from './network.ts'

/** What {@link tokenFeatures} are. */
export interface TokenFeaturesConfiguration extends EmbeddingConfiguration {
  /** The units of each direction of the recurrent network. */
  readonly units: number
  /** Dropout while training; default none. */
  readonly dropout?: {
    /** The share of embedded features, in $[0, 1)$; default 0. */
    readonly input?: number
    /** The share of units, in $[0, 1)$; default 0. */
    readonly output?: number
  }
}

/** The parameters of {@link tokenFeatures}. */
export type TokenFeaturesParams = {
  /** The tables. */
  readonly embedding: EmbeddingParams
  /** Those of the recurrent network. */
  readonly recurrent: BilstmParams
}

/** The dropout masks of {@link tokenFeatures}; `Leaf` is what stands for a mask. */
export interface TokenFeaturesMasks<Leaf> {
  /** For the embedded features. */
  readonly input?: Leaf
  /** For the units of both directions, `[batch, length, outputs]`. */
  readonly output?: Leaf
}

/** A network of features of tokens in their sentence. */
export interface TokenFeatures extends Network<TokenFeaturesParams> {
  /** `[batch, length, columns]` ids to `[batch, length, outputs]`. */
  apply(params: TokenFeaturesParams, ids: Tensor, noise?: TokenFeaturesMasks<Tensor>): Tensor
  /** The dropout masks for a batch; `undefined` without dropout. */
  noise(ids: NDArray): { input?: NoiseSpec; output?: NoiseSpec } | undefined
}

/** 1 for the tokens of each sentence and 0 beyond its end, float32 `[batch, length]`: where the first of the ids is not 0. */
export function tokenMask(ids: Tensor): Tensor {
  return cast(notEqual(squeeze(slice(ids, [0, 0, 0], [-1, -1, 1]), [2]), 0), 'float32')
}

/**
 * Features of tokens that know the whole sentence: an {@link embedding} of one or several columns of ids under a {@link bilstm}. Sentences end where the
 * first column is 0.
 *
 * @returns `[batch, length, 2 · units]` of int32 `[batch, length, columns]`, zeros beyond the end of a sentence
 * @throws what {@link embedding} and {@link bilstm} throw
 *
 * @example
 * ```ts
 * import { tokenFeatures, withOutput } from '@deepstruct/networks'
 * import { jit, ndarray, random } from '@deepstruct/tensor'
 *
 * const tagger = withOutput(tokenFeatures({ columns: [50], width: 8, units: 6 }), { outputs: 4 })
 * const ids = ndarray([12, 7, 3, 31, 0, 0], [2, 3, 1], 'int32')
 * await jit(tagger.apply)(tagger.init(random(1)), ids) // logits of 4 tags for each token, [2, 3, 4]
 * ```
 */
export function tokenFeatures(configuration: TokenFeaturesConfiguration): TokenFeatures {
  const { units, dropout: rates = {}, ...tables } = configuration
  const { input: inputRate = 0, output: outputRate = 0 } = rates
  checkRate('tokenFeatures', 'dropout.output', outputRate)
  const words = embedding(tables)
  const recurrent = bilstm({ inputs: words.outputs, units, dropout: inputRate })
  return {
    inputs: words.inputs,
    outputs: recurrent.outputs,
    init: (random): Host<TokenFeaturesParams> => ({
      embedding: words.init(random),
      recurrent: recurrent.init(random),
    }),
    apply(params, ids, noise = {}) {
      const values = words.apply(params.embedding, ids)
      const read = recurrent.apply(
        params.recurrent,
        { values, mask: tokenMask(ids) },
        noise.input && { input: noise.input },
      )
      return dropout(read, noise.output)
    },
    noise({ shape }) {
      const positions = shape.slice(0, -1)
      const input = dropoutNoise([...positions, words.outputs], inputRate)
      const output = dropoutNoise([...positions, recurrent.outputs], outputRate)
      if (input === undefined && output === undefined) return undefined
      return { ...(input && { input }), ...(output && { output }) }
    },
  }
}
