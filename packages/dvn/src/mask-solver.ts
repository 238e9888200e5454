import {
  averageOverCrops,
  type CropGrid,
  type Minimizer,
  type TracedSolution,
} from '@deepstruct/inference'
import { concat, expandDims, fill, slice, squeeze, type Tensor } from '@deepstruct/tensor'
import type { Labeled } from '@deepstruct/training'
import type { OracleValue } from './oracle-values.ts'
import { type ValueNetwork, valuesOf } from './value-network.ts'

/** How whole images are solved. */
export interface MaskSolverOptions {
  /** How the energy of a crop is minimized. */
  readonly inference: Minimizer
  /** The crops, of the size that the network reads. */
  readonly crops: CropGrid
}

/**
 * Masks of whole images: inference in every crop, then the mean over the crops that cover a pixel (Gygli et al. 2017, section 5.2: 36
 * crops).
 *
 * @param network - of masks of crops
 * @returns a traceable function of parameters, images `[batch, height, width, channels]` and, where another model's masks are refined,
 * those, `[batch, height, width]` in $[0, 1]$
 */
export function maskSolver<P, F>(
  network: ValueNetwork<P, F>,
  { inference, crops }: MaskSolverOptions,
): (params: P, x: Tensor, proposal?: Tensor) => TracedSolution {
  return (params, x, proposal) => {
    const refined = proposal === undefined ? [] : [proposal]
    const solveCrops = (stacked: Tensor): TracedSolution => {
      const { image, masks } = unstacked(stacked, refined.length)
      const features = network.encode(params, image)
      const domain = network.domain(features)
      const start =
        masks[0] ?? network.start?.(params, features) ?? domain.start(image.shape[0] ?? 0)
      return inference({ energy: (y) => network.energy(params, features, y), domain, start })
    }
    return averageOverCrops(solveCrops, stackedMasks(x, refined), crops)
  }
}

/**
 * What a network says that masks of whole images are worth, beside what they are: both as means over crops. See {@link valuesOf}.
 *
 * @param network - of masks of crops
 * @param oracle - what masks are worth
 * @param crops - the crops, of the size that the network reads
 */
export function maskValues<P, F>(
  network: ValueNetwork<P, F>,
  oracle: OracleValue,
  crops: CropGrid,
): ReturnType<typeof valuesOf<P, F>> {
  const values = valuesOf(network, oracle)
  return (params, { x, y: truth }, y) => {
    const meanOf = (name: 'predicted' | 'actual'): Tensor => {
      const ofCrops = (stacked: Tensor): TracedSolution => {
        const { image, masks } = unstacked(stacked, 2)
        const [trueMask, mask] = masks as [Tensor, Tensor]
        const examples: Labeled = { x: image, y: trueMask }
        const none = fill([image.shape[0] ?? 0], 0, 'int32')
        const energy = values(params, examples, mask)[name]
        return { y: mask, energy, steps: none, status: none }
      }
      return averageOverCrops(ofCrops, stackedMasks(x, [truth, y]), crops).energy
    }
    return { predicted: meanOf('predicted'), actual: meanOf('actual') }
  }
}

/** Images with masks as further channels, so that they are cropped alike. */
function stackedMasks(x: Tensor, masks: readonly Tensor[]): Tensor {
  return masks.length === 0 ? x : concat([x, ...masks.map((mask) => expandDims(mask, 3))], 3)
}

/** Images and masks again. */
function unstacked(
  stacked: Tensor,
  count: number,
): { readonly image: Tensor; readonly masks: readonly Tensor[] } {
  const channels = (stacked.shape[3] ?? 0) - count
  const from = (first: number, width: number): Tensor =>
    slice(stacked, [0, 0, 0, first], [-1, -1, -1, width])
  return {
    image: count === 0 ? stacked : from(0, channels),
    masks: Array.from({ length: count }, (_, i) => squeeze(from(channels + i, 1), [3])),
  }
}
