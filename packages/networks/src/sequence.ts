import { type Host, ShapeError, type Tensor } from '@deepstruct/tensor'
import { checkFeatures, shapeText } from './arguments.ts'

/**
 * Sequences of feature vectors that were padded to one length. A type and no interface, so that it counts as a tree.
 */
export type Sequence = {
  /** The vectors, `[batch, length, inputs]`. */
  readonly values: Tensor
  /** 1 where a position counts and 0 beyond the end of a short sequence, `[batch, length]`; left out when all count. */
  readonly mask?: Tensor
}

/** @throws {@link ShapeError} when the parts do not belong together */
export function checkSequence(
  name: string,
  { values, mask }: Sequence | Host<Sequence>,
  inputs: number,
): void {
  checkFeatures(name, values, inputs)
  const fits = (expected: string, shape: readonly number[], right: boolean, part: string): void => {
    if (!right)
      throw new ShapeError({
        function: name,
        argument: `x.${part}`,
        got: `of shape ${shapeText(shape)}`,
        expected,
      })
  }
  fits(`[batch, length, ${inputs}]`, values.shape, values.shape.length === 3, 'values')
  const positions = values.shape.slice(0, 2)
  if (mask !== undefined)
    fits(shapeText(positions), mask.shape, shapeText(mask.shape) === shapeText(positions), 'mask')
}
