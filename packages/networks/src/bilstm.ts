import { concat, type Host, type NoiseSpec, type Tensor } from '@deepstruct/tensor'
import { lstm, type LstmConfiguration, type LstmMasks, type LstmParams } from './lstm.ts'
import type { Network } from './network.ts'
import type { Sequence } from './sequence.ts'

/** The parameters of a {@link bilstm}. */
export type BilstmParams = {
  /** Those of the network that reads from the beginning. */
  readonly forward: LstmParams
  /** Those of the network that reads from the end. */
  readonly backward: LstmParams
}

/** A recurrent network that reads in both directions. */
export interface Bilstm extends Network<BilstmParams, Sequence> {
  /** The outputs at each position, `[batch, length, 2 · units]`. */
  apply(params: BilstmParams, x: Sequence, noise?: LstmMasks<Tensor>): Tensor
  /** The dropout mask for a batch, one for both directions; `undefined` without dropout. */
  noise(x: Host<Sequence>): { input: NoiseSpec } | undefined
}

/**
 * A bidirectional {@link lstm}: one that reads from the beginning and one that reads from each sequence's own end, their outputs side by side
 * (Graves and Schmidhuber 2005).
 *
 * @returns `[batch, length, 2 · units]` of `[batch, length, inputs]`, zeros where a position is masked
 * @throws what {@link lstm} throws
 *
 * @example
 * ```ts
 * import { bilstm } from '@deepstruct/networks'
 * import { filled, jit, random } from '@deepstruct/tensor'
 *
 * const network = bilstm({ inputs: 3, units: 5 })
 * await jit(network.apply)(network.init(random(1)), { values: filled([2, 4, 3], 1) }) // [2, 4, 10]
 * ```
 */
export function bilstm(configuration: Omit<LstmConfiguration, 'reverse'>): Bilstm {
  const forward = lstm(configuration)
  const backward = lstm({ ...configuration, reverse: true })
  return {
    inputs: forward.inputs,
    outputs: 2 * forward.outputs,
    init: (random): Host<BilstmParams> => ({
      forward: forward.init(random),
      backward: backward.init(random),
    }),
    apply: (params, x, noise) =>
      concat(
        [forward.apply(params.forward, x, noise), backward.apply(params.backward, x, noise)],
        -1,
      ),
    noise: (x) => forward.noise(x),
  }
}
