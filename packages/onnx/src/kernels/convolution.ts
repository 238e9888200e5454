import type {
  Conv2DAttrs,
  Conv2DBackpropFilterAttrs,
  Conv2DBackpropInputAttrs,
} from '@tensorflow/tfjs-core'
import { convolution } from './convolution/forward.ts'
import { inputGradient } from './convolution/input-gradient.ts'
import { kernelGradient } from './convolution/kernel-gradient.ts'
import { lowering, type Lowerings } from './lowering.ts'

/** Two-dimensional convolution and its two gradients. */
export const convolutionKernels: Lowerings = {
  Conv2D: lowering<'x' | 'filter', Conv2DAttrs>(({ x, filter }, attributes, graph) =>
    convolution(graph, x, filter, attributes),
  ),
  Conv2DBackpropInput: lowering<'dy' | 'filter', Conv2DBackpropInputAttrs>(
    ({ dy, filter }, attributes, graph) =>
      inputGradient(graph, dy, filter, attributes.inputShape, attributes),
  ),
  Conv2DBackpropFilter: lowering<'x' | 'dy', Conv2DBackpropFilterAttrs>(
    ({ x, dy }, attributes, graph) =>
      kernelGradient(graph, x, dy, attributes.filterShape, attributes),
  ),
}
