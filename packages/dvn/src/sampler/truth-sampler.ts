import { add, cast, less, mul, type NoiseSpec, sub, type Tensor } from '@deepstruct/tensor'
import { perRow } from './rows.ts'
import type { Sampler } from './sampler.ts'

/** How {@link truthSampler} samples. */
export interface TruthSamplerOptions {
  /** The largest share of positions that are replaced by uniform numbers, in $[0, 1]$; default 0, the true outputs as they are. */
  readonly corruption?: number
}

/** The random numbers of a corrupted sample; a type and no interface, so that it counts as a tree. */
type Corruption<Leaf> = {
  /** The share of positions, `[batch]`. */
  readonly share: Leaf
  /** Which positions: those below the share, `[batch, ...structure]`. */
  readonly place: Leaf
  /** What is put there, `[batch, ...structure]`. */
  readonly value: Leaf
}

/**
 * True outputs, whose value is 1 (Gygli et al. 2017, section 4.2: ground truth samples). With corruption each row has a share of its
 * positions, uniform between 0 and the largest one, replaced by uniform numbers, so that values in between are seen too.
 *
 * @param options - the corruption
 */
export function truthSampler(options: TruthSamplerOptions = {}): Sampler {
  const { corruption = 0 } = options
  if (corruption === 0) return { sample: ({ truth }) => truth }
  const uniform = (shape: readonly number[], high: number): NoiseSpec => ({
    kind: 'uniform',
    shape,
    low: 0,
    high,
  })
  return {
    noise: (shape): Corruption<NoiseSpec> => ({
      share: uniform(shape.slice(0, 1), corruption),
      place: uniform(shape, 1),
      value: uniform(shape, 1),
    }),
    sample({ truth }, noise) {
      const { share, place, value } = noise as Corruption<Tensor>
      const hit = cast(less(place, perRow(share, truth)), 'float32')
      return add(mul(hit, value), mul(sub(1, hit), truth))
    },
  }
}
