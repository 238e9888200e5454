import type { Tensor } from '@deepstruct/tensor'

/** A batch of examples inside a jitted function; a type and no interface, so that it counts as a tree. */
export type Labeled = {
  /** Inputs: features `[batch, features]`, or images `[batch, height, width, channels]`. */
  readonly x: Tensor
  /** Outputs in {0, 1}, float32: labels `[batch, labels]`, or masks `[batch, height, width]`. */
  readonly y: Tensor
}
