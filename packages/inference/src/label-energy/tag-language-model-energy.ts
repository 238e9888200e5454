import { dense, type DenseParams, lstm, type LstmParams } from '@deepstruct/networks'
import {
  add,
  concat,
  dot,
  type Host,
  logSoftmax,
  matMul,
  neg,
  slice,
  sum,
  type Tensor,
  zeros,
} from '@deepstruct/tensor'
import type { LabelEnergy } from './label-energy.ts'

/** What a {@link tagLanguageModelEnergy} is. */
export interface TagLanguageModelEnergyOptions {
  /** The number of tags. */
  readonly tags: number
  /** The width of the vectors of tags; default 16. */
  readonly width?: number
  /** The units of the recurrent network; default 32. */
  readonly units?: number
}

/** The parameters of a {@link tagLanguageModelEnergy}; a type and no interface, so that it counts as a tree. */
export type TagLanguageModelParams = {
  /** The vectors of tags, `[tags, width]`. */
  readonly embedding: Tensor
  /** What is read before the first tag, `[1, width]`. */
  readonly begin: Tensor
  /** Those of the recurrent network. */
  readonly recurrent: LstmParams
  /** Those of the layer that tells the next tag. */
  readonly output: DenseParams
}

/**
 * The energy of a language model of tags, which looks at all tags before (Tu and Gimpel 2018 and 2019, their tag language model): a small LSTM reads soft
 * tags, each as the mean of their vectors, and says how likely each tag comes next.
 *
 * $$
 * E_\text{LM}(y) = -\sum_t y_t^\top \log p(\cdot \mid y_1, \dots, y_{t-1})
 * $$
 *
 * `y` is `[batch, length, tags]`, a point of the simplex at each token and 0 beyond the end of a sequence. On true tags it is their negative
 * log-likelihood: it is pretrained by minimizing it there.
 */
export function tagLanguageModelEnergy(
  options: TagLanguageModelEnergyOptions,
): LabelEnergy<TagLanguageModelParams> {
  const { tags, width = 16, units = 32 } = options
  const recurrent = lstm({ inputs: width, units })
  const output = dense({ inputs: units, outputs: tags })
  return {
    init: (random): Host<TagLanguageModelParams> => ({
      embedding: random.normals([tags, width], 0, 0.3),
      begin: random.normals([1, width], 0, 0.3),
      recurrent: recurrent.init(random),
      output: output.init(random),
    }),
    energy(params, y) {
      const [batch, length] = y.shape as [number, number, number]
      const begin = add(zeros([batch, 1, width]), params.begin)
      const before =
        length === 1
          ? begin
          : concat([begin, matMul(slice(y, [0, 0, 0], [-1, length - 1, -1]), params.embedding)], 1)
      const read = recurrent.apply(params.recurrent, { values: before })
      return neg(sum(dot(y, logSoftmax(output.apply(params.output, read))), 1))
    },
  }
}
