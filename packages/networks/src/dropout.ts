import {
  DomainError,
  mul,
  type NDArray,
  type NoiseSpec,
  reshape,
  ShapeError,
  type Tensor,
} from '@deepstruct/tensor'
import { shapeText } from './arguments.ts'

/**
 * Multiplies by a dropout mask; without a mask it is the identity, as at test time.
 *
 * $$ x \odot m, \quad m_i = 0 \text{ with probability } r, \text{ else } \frac{1}{1 - r} $$
 *
 * The mask is scaled, so that $\mathbb{E}[x \odot m] = x$ and nothing needs to be rescaled later (Srivastava et al. 2014, section 10).
 *
 * @param x - any shape
 * @param mask - the shape of `x`: what {@link dropoutNoise} describes, drawn
 * @throws {@link @deepstruct/tensor!ShapeError} when the mask has another shape; it is not broadcast
 */
export function dropout(x: Tensor, mask?: Tensor): Tensor {
  if (mask === undefined) return x
  if (shapeText(mask.shape) !== shapeText(x.shape))
    throw new ShapeError({
      function: 'dropout',
      argument: 'mask',
      got: `of shape ${shapeText(mask.shape)}`,
      expected: `${shapeText(x.shape)}, the shape of x`,
    })
  return mul(x, mask)
}

/**
 * Drops whole channels: {@link dropout} with one mask value for all positions of a channel. Neighboring pixels are alike, so a
 * feature that is dropped at one of them only is hardly missed (Tompson et al. 2015, section 3.2).
 *
 * @param x - `[batch, height, width, channels]`
 * @param mask - `[batch, channels]`: what {@link dropoutNoise} of that shape describes, drawn; without it `x` is left as it is
 * @throws {@link @deepstruct/tensor!ShapeError} when the mask has another shape
 */
export function dropoutChannels(x: Tensor, mask?: Tensor): Tensor {
  if (mask === undefined) return x
  const expected = [x.shape[0], x.shape.at(-1)!]
  if (shapeText(mask.shape) !== shapeText(expected))
    throw new ShapeError({
      function: 'dropoutChannels',
      argument: 'mask',
      got: `of shape ${shapeText(mask.shape)}`,
      expected: `${shapeText(expected)}, one value for each channel of each image`,
    })
  return mul(x, reshape(mask, [-1, 1, 1, expected[1]!]))
}

/**
 * The mask that {@link dropout} wants.
 *
 * @param shape - the shape of what is multiplied
 * @param rate - the probability that an element is dropped, in $[0, 1)$
 * @param support - what is multiplied, if it is known on the host: no number is drawn where it is zero, and the mask is zero there
 * @returns what to draw, or `undefined` for rate 0
 * @throws {@link @deepstruct/tensor!DomainError} when the rate lies outside $[0, 1)$
 */
export function dropoutNoise(
  shape: readonly number[],
  rate: number,
  support?: NDArray,
): NoiseSpec | undefined {
  checkRate('dropoutNoise', 'rate', rate)
  if (rate === 0) return undefined
  return { kind: 'dropout', shape, rate, ...(support !== undefined && { support }) }
}

/** @throws {@link DomainError} when a rate lies outside $[0, 1)$ */
export function checkRate(name: string, argument: string, rate: number): void {
  if (!(rate >= 0 && rate < 1))
    throw new DomainError({
      function: name,
      argument,
      got: String(rate),
      expected: 'a probability in [0, 1)',
      why: 'at 1 nothing would be left',
    })
}
