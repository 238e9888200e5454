import type { LabelEnergy } from '@deepstruct/inference'
import { matMul, mul, neg, reshape, slice, sum, type Tensor } from '@deepstruct/tensor'

/** The parameters of a {@link tagPairEnergy}; a type and no interface, so that it counts as a tree. */
export type TagPairParams = {
  /** $W$, `[tags, tags]`: how well the second tag follows the first one. */
  readonly pairs: Tensor
}

/**
 * The energy of neighboring tags, of sentences `[batch, length, tags]` that are 0 beyond their ends:
 *
 * $$
 * E_\text{pairs}(y) = -\sum_t y_t^\top W\, y_{t+1}
 * $$
 */
export function tagPairEnergy({ tags }: { readonly tags: number }): LabelEnergy<TagPairParams> {
  return {
    init: (random) => ({ pairs: random.normals([tags, tags], 0, 0.01) }),
    energy({ pairs }, y) {
      const [batch = 0, length = 0] = y.shape
      const steps = length - 1
      const before = slice(y, [0, 0, 0], [-1, steps, -1])
      const after = slice(y, [0, 1, 0], [-1, steps, -1])
      const followed = reshape(matMul(reshape(before, [-1, tags]), pairs), [batch, steps, tags])
      return neg(sum(mul(followed, after), [1, 2]))
    },
  }
}
