import type { Graph } from '../graph/graph.ts'
import type { Value } from '../graph/value.ts'
import { reshape, transpose } from '../kernels/compose.ts'

/** A kernel `[output, input, height, width]` for images in blocks of `block` channels. */
export function blockedKernel(graph: Graph, kernel: Value, block: number): Value {
  const [output, input, height, width] = kernel.shape as [number, number, number, number]
  const pixels = height * width
  // tfjs's own order is nearly that of the blocks, so what put the kernel in ONNX's order is undone first.
  const own = transpose(graph, kernel, [2, 3, 1, 0])
  const inBlocks =
    input < block
      ? transpose(graph, reshape(graph, own, [pixels, input, output / block, block]), [2, 1, 0, 3])
      : transpose(
          graph,
          reshape(graph, own, [pixels, input / block, block, output / block, block]),
          [3, 1, 0, 2, 4],
        )
  return reshape(graph, inBlocks, kernel.shape)
}

/** A kernel `[input, output, height, width]` of a transposed convolution, in blocks: `[output / b, input / b, height, width, b · b]`. */
export function transposedKernel(graph: Graph, kernel: Value, block: number): Value {
  const [input, output, height, width] = kernel.shape as [number, number, number, number]
  const own = transpose(graph, kernel, [2, 3, 1, 0])
  const blocks = [height * width, output / block, block, input / block, block]
  const inBlocks = transpose(graph, reshape(graph, own, blocks), [1, 3, 0, 4, 2])
  return reshape(graph, inBlocks, [output / block, input / block, height, width, block * block])
}
