import { createGraph } from '../graph/graph.ts'
import { encode } from '../graph/encode.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { blockedOp } from './blocked-ops.ts'

/**
 * How many channels the convolutions of a runtime take together: 16 or 8 on most processors. It is what an image of fewer channels is padded
 * to.
 *
 * @returns 1 where they take each channel alone
 */
export async function channelBlockOf(runtime: Pick<Runtime, 'start'>): Promise<number> {
  const graph = createGraph()
  const shape = [1, 4, 1, 1]
  const image = graph.input({ shape, dtype: 'float32' })
  const blocked = graph.node(blockedOp('ReorderInput'), [image], image)
  const traced = { nodes: graph.nodesInOrder(), inputs: [image], outputs: [blocked] }
  // The extent of the result is what is asked for.
  const face = { inputNames: ['x'], outputNames: ['y'], inputShapes: [shape] }
  try {
    const session = await runtime.start(encode(traced, face), { threads: 1 })
    const { y } = await session.run({ x: { shape, dtype: 'float32', data: new Float32Array(4) } })
    return y!.shape[1]!
  } catch {
    // This form of the runtime was built without them.
    return 1
  }
}
