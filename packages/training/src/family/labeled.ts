import type { Tensor } from '@deepstruct/tensor'

/** A batch of examples inside a jitted function; a type and no interface, so that it counts as a tree. */
export type Labeled = {
  /** Inputs: features `[batch, features]`, images `[batch, height, width, channels]`, or ids of tokens `[batch, length, columns]`, int32. */
  readonly x: Tensor
  /** Outputs in {0, 1}, float32: labels `[batch, labels]`, masks `[batch, height, width]` or, of several classes, `[batch, height, width, classes]`, or tags `[batch, length, tags]`, 0 beyond the end of a sentence. */
  readonly y: Tensor
}
