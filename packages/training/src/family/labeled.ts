import type { Tensor } from '@deepstruct/tensor'

/** A batch of multi-label examples inside a jitted function; a type and no interface, so that it counts as a tree. */
export type Labeled = {
  /** Features, `[batch, features]`. */
  readonly x: Tensor
  /** Labels in {0, 1}, float32 `[batch, labels]`. */
  readonly y: Tensor
}
