import { sizeOf } from '@deepstruct/tensor'
import type { Graph } from '../graph/graph.ts'
import { computedBy, type Value } from '../graph/value.ts'
import { reshape } from '../kernels/compose.ts'
import type { Application } from './application.ts'

/** What convolutions do by themselves: they add offsets, and compute only the channels that are wanted. */
export function simplifyConvolutions(graph: Graph, application: Application): Value | undefined {
  switch (application.op) {
    case 'Add':
      return withOffsets(graph, application)
    case 'Slice':
      return ofChannels(graph, application)
    default:
      return undefined
  }
}

/** $(x * w) + b$ with one offset for each channel. */
function withOffsets(graph: Graph, { inputs, type }: Application): Value | undefined {
  for (const [value, other] of [inputs, inputs.toReversed()]) {
    const node = computedBy(value, 'Conv')
    const channels = type.shape[1]!
    const fits = other!.shape.at(-3) === channels && sizeOf(other!.shape) === channels
    if (node === undefined || node.inputs.length > 2 || !fits) continue
    const offsets = reshape(graph, other!, [channels])
    return graph.node('Conv', [...node.inputs, offsets], type, node.attributes)
  }
  return undefined
}

/** Some channels of a transposed convolution are the transposed convolution with those channels of the kernel. */
function ofChannels(graph: Graph, { inputs, type, attributes }: Application): Value | undefined {
  const node = computedBy(inputs[0], 'ConvTranspose')
  const [, begin, end, axes, steps] = inputs
  const [x, kernel] = node?.inputs ?? []
  const alongChannels = axes?.source.kind === 'integers' && axes.source.integers.join() === '1'
  if (node === undefined || !kernel || !alongChannels) return undefined
  // Kernels have the channels of the result on the same axis.
  const part = graph.node(
    'Slice',
    [kernel, begin, end, axes, steps],
    { shape: kernel.shape.with(1, type.shape[1]!), dtype: kernel.dtype },
    attributes,
  )
  return graph.node('ConvTranspose', [x, part], type, node.attributes)
}
