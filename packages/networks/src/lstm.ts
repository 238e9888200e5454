import {
  add,
  cast,
  expandDims,
  type Host,
  matMul,
  mul,
  type NoiseSpec,
  reshape,
  scan,
  sigmoid,
  split,
  tanh,
  type Tensor,
  transpose,
  where,
  zeros,
} from '@deepstruct/tensor'
import { checkParameter, checkSize } from './arguments.ts'
import { checkRate, dropout, dropoutNoise } from './dropout.ts'
import { glorotUniform, type Initializer } from './initializer.ts'
import type { Network } from './network.ts'
import { checkSequence, type Sequence } from './sequence.ts'

/** What an {@link lstm} is. */
export interface LstmConfiguration {
  /** The number of features of a position. */
  readonly inputs: number
  /** The number of units. */
  readonly units: number
  /** Whether to read from the end of each sequence to its beginning; default `false`. */
  readonly reverse?: boolean
  /** The share of input features that is dropped while training, in $[0, 1)$; default 0. */
  readonly dropout?: number
  /** Draws the weights of each gate; default {@link glorotUniform}. */
  readonly initializer?: Initializer
}

/** The parameters of an {@link lstm}; the gates stand side by side: input, forget, candidate, output. */
export type LstmParams = {
  /** The weights of the features, `[inputs, 4 · units]`. */
  readonly kernel: Tensor
  /** The weights of the output before, `[units, 4 · units]`. */
  readonly recurrent: Tensor
  /** The intercepts, `[4 · units]`; 1 for the forget gate at the beginning. */
  readonly bias: Tensor
}

/** The dropout mask of an {@link lstm}; `Leaf` is what stands for it. */
export interface LstmMasks<Leaf> {
  /** For the features, `[batch, length, inputs]`. */
  readonly input: Leaf
}

/** A recurrent network that reads in one direction. */
export interface Lstm extends Network<LstmParams, Sequence> {
  /** The outputs at each position, `[batch, length, units]`. */
  apply(params: LstmParams, x: Sequence, noise?: LstmMasks<Tensor>): Tensor
  /** The dropout mask for a batch; `undefined` without dropout. */
  noise(x: Host<Sequence>): { input: NoiseSpec } | undefined
}

/**
 * A long short-term memory (Hochreiter and Schmidhuber 1997) with forget gates (Gers, Schmidhuber and Cummins 2000):
 *
 * $$
 * \begin{aligned}
 * (i, f, g, o) &= x_t W + h_{t-1} U + b \\
 * c_t &= \sigma(f) \odot c_{t-1} + \sigma(i) \odot \tanh(g) \\
 * h_t &= \sigma(o) \odot \tanh(c_t)
 * \end{aligned}
 * $$
 *
 * Memory and output begin at 0. A position that is masked carries both through and gives zeros, so that a sequence means the same in whatever batch; in reverse
 * it is read from its own last position on. The forget gate's intercept begins at 1, so that the memory lasts at first (Jozefowicz, Zaremba and
 * Sutskever 2015).
 *
 * @returns `[batch, length, units]` of `[batch, length, inputs]`
 * @throws {@link @deepstruct/tensor!DomainError} when a size is no positive integer or the rate lies outside $[0, 1)$; `apply` throws
 * {@link @deepstruct/tensor!ShapeError} when the sequences, the parameters or the dropout mask do not belong to this network
 *
 * @example
 * ```ts
 * import { lstm } from '@deepstruct/networks'
 * import { array, filled, jit, random } from '@deepstruct/tensor'
 *
 * const network = lstm({ inputs: 3, units: 5 })
 * const x = { values: filled([2, 4, 3], 1), mask: array([[1, 1, 1, 1], [1, 1, 0, 0]]) }
 * await jit(network.apply)(network.init(random(1)), x) // [2, 4, 5], the last two of the second row are 0
 * ```
 */
export function lstm(configuration: LstmConfiguration): Lstm {
  const { inputs, units, reverse = false, dropout: rate = 0 } = configuration
  const { initializer = glorotUniform } = configuration
  checkSize('lstm', 'inputs', inputs)
  checkSize('lstm', 'units', units)
  checkRate('lstm', 'dropout', rate)
  return {
    inputs,
    outputs: units,
    init: (random): Host<LstmParams> => ({
      kernel: initializer(random, [inputs, 4 * units], { in: inputs, out: units }),
      recurrent: initializer(random, [units, 4 * units], { in: units, out: units }),
      bias: {
        shape: [4 * units],
        dtype: 'float32',
        data: new Float32Array(4 * units).fill(1, units, 2 * units),
      },
    }),
    apply({ kernel, recurrent, bias }, x, noise) {
      checkSequence('lstm', x, inputs)
      checkParameter('lstm', 'params.kernel', kernel, [inputs, 4 * units])
      checkParameter('lstm', 'params.recurrent', recurrent, [units, 4 * units])
      checkParameter('lstm', 'params.bias', bias, [4 * units])
      const [batch, length] = x.values.shape as [number, number, number]
      // The products with the features of all positions are one product. Positions lead from here on: the network walks over them.
      const features = transpose(dropout(x.values, noise?.input), [1, 0, 2])
      const driven = add(matMul(reshape(features, [-1, inputs]), kernel), bias)
      const counts = x.mask && expandDims(transpose(cast(x.mask, 'bool'), [1, 0]), -1)
      const { outputs } = scan(step, {
        params: recurrent,
        state: { output: zeros([batch, units]), memory: zeros([batch, units]) },
        inputs: {
          driven: reshape(driven, [length, batch, 4 * units]),
          ...(counts && { counts }),
        },
        reverse,
      })
      return transpose(outputs, [1, 0, 2])
    },
    noise(x) {
      checkSequence('lstm', x, inputs)
      const input = dropoutNoise(x.values.shape, rate)
      return input && { input }
    },
  }
}

interface State {
  readonly output: Tensor
  readonly memory: Tensor
}

interface Given {
  readonly driven: Tensor
  readonly counts?: Tensor
}

function step(
  recurrent: Tensor,
  before: State,
  { driven, counts }: Given,
): { state: State; output: Tensor } {
  const gates = split(add(driven, matMul(before.output, recurrent)), 4, -1)
  const [input, forget, candidate, out] = gates as [Tensor, Tensor, Tensor, Tensor]
  const memory = add(mul(sigmoid(forget), before.memory), mul(sigmoid(input), tanh(candidate)))
  const output = mul(sigmoid(out), tanh(memory))
  if (counts === undefined) return { state: { output, memory }, output }
  return {
    state: {
      output: where(counts, output, before.output),
      memory: where(counts, memory, before.memory),
    },
    output: mul(output, cast(counts, 'float32')),
  }
}
