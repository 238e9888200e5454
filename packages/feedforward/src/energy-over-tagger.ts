import {
  type EnergyNetwork,
  localEnergy,
  simplex,
  type SpenParams,
  tagPairEnergy,
  type TagPairParams,
  tagPairPotentials,
} from '@deepstruct/inference'
import { tokenMask, type TokenFeaturesParams } from '@deepstruct/networks'
import { add, expandDims, mul, sum, type Tensor } from '@deepstruct/tensor'
import type { TagSizes } from '@deepstruct/training'
import { z } from 'zod'
import { taggerNetwork, type TaggerSettings } from './tagger-family.ts'

/** The settings of an energy of tags; a type and no interface, so that it counts as JSON. */
export type TagEnergySettings = {
  /** The energy of the tags together; `none` leaves them independent, as a control. */
  readonly tagEnergy: 'pairs' | 'none'
}

/** The schema of {@link TagEnergySettings}, field by field: families with such an energy take it into their own. */
export const tagEnergySettings: Readonly<Record<keyof TagEnergySettings, z.ZodType>> = {
  tagEnergy: z
    .enum(['pairs', 'none'])
    .default('pairs')
    .describe('the energy of neighboring tags; none leaves them independent, as a control'),
}

/** What of a sentence the energy of its tags needs; a type and no interface, so that it counts as a tree. */
export type TaggedFeatures = {
  /** The logits of the tagger, `[batch, length, tags]`. */
  readonly logits: Tensor
  /** 1 for the tokens and 0 beyond the end of a sentence, `[batch, length]`. */
  readonly mask: Tensor
}

/** The parameters of {@link energyOverTagger}: those of the tagger, and of the energy of the tags together. */
export type TagEnergyParams = SpenParams<unknown, TokenFeaturesParams>

/**
 * The energy of tags that the settings describe: the logits $s$ of a tagger as a local energy, and the energy of neighboring tags.
 *
 * $$
 * E(x, y) = -\sum_t \langle y_t, s_t(x) \rangle + E_\text{pairs}(y), \qquad y_t \text{ in the simplex}
 * $$
 *
 * The parts `features` and `output` of its parameters are those of the tagger, so `taggerPhase` pretrains it. Its potentials are those of a
 * chain. Positions beyond the end of a sentence count nowhere.
 */
export function energyOverTagger(
  configuration: TaggerSettings & TagEnergySettings,
  sizes: TagSizes,
): EnergyNetwork<TagEnergyParams, Tensor, TaggedFeatures> {
  const network = taggerNetwork(configuration, sizes)
  const { tags } = sizes
  const pairs = configuration.tagEnergy === 'none' ? undefined : tagPairEnergy({ tags })
  return {
    init: (random) => ({ ...network.init(random), label: pairs?.init(random) ?? {} }),
    encode: (params, x, noise) => ({ logits: network.apply(params, x, noise), mask: tokenMask(x) }),
    energy({ label }, { logits, mask }, y) {
      const counted = mul(y, expandDims(mask, -1))
      const local = sum(localEnergy(logits, counted), 1)
      return pairs === undefined ? local : add(local, pairs.energy(label as TagPairParams, counted))
    },
    domain: ({ logits, mask }) =>
      simplex({ positions: logits.shape[1] as number, classes: tags, mask }),
    potentials: ({ label }, { logits, mask }) =>
      tagPairPotentials(pairs === undefined ? undefined : (label as TagPairParams), logits, mask),
  }
}
