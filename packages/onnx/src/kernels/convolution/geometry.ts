import { backend_util, type Conv2DAttrs } from '@tensorflow/tfjs-core'
import { computedBy, type Value } from '../../graph/value.ts'
import { sameShape } from '../../simplify/application.ts'

// tfjs keeps channels last, ONNX has them first.

/** `[batch, height, width, channels]` to `[batch, channels, height, width]`. */
export const channelsFirst: readonly number[] = [0, 3, 1, 2]
/** `[batch, channels, height, width]` to `[batch, height, width, channels]`. */
export const channelsLast: readonly number[] = [0, 2, 3, 1]
/** `[height, width, input, output]` of a kernel to `[output, input, height, width]`. */
export const kernelFirst: readonly number[] = [3, 2, 0, 1]

/** What a value was before its axes were put in this order, if that is what made it. */
export function transposedFrom(
  value: Value | undefined,
  perm: readonly number[],
): Value | undefined {
  const node = computedBy(value, 'Transpose')
  return node && sameShape(node.attributes['perm'] as readonly number[], perm)
    ? node.inputs[0]
    : undefined
}

/** The sizes of a convolution, as tfjs computes them. */
export type Geometry = backend_util.Conv2DInfo

/** How a convolution moves; kernels that are gradients have no dilations. */
export type Moves = Pick<Conv2DAttrs, 'strides' | 'pad' | 'dimRoundingMode'> & {
  readonly dilations?: Conv2DAttrs['dilations']
}

/** The sizes of the convolution of such an image with such a kernel. */
export function geometryOf(
  image: readonly number[],
  kernel: readonly number[],
  { strides, pad, dimRoundingMode, dilations = 1 }: Moves,
): Geometry {
  return backend_util.computeConv2DInfo(
    [...image] as [number, number, number, number],
    [...kernel] as [number, number, number, number],
    strides,
    dilations,
    pad,
    dimRoundingMode,
  )
}

/** The border, as ONNX wants it. */
export function padsOf({ padInfo: { top, left, bottom, right } }: Geometry): readonly number[] {
  return [top, left, bottom, right]
}
