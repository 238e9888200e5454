import { EngineError } from '@deepstruct/tensor'
import { expect, it } from 'vitest'
import { encode } from '../graph/encode.ts'
import { createGraph } from '../graph/graph.ts'
import { binary } from '../kernels/compose.ts'
import { loadRuntime } from './runtime.ts'

it('what the runtime refuses is an engine error', async () => {
  const runtime = await loadRuntime()
  const graph = createGraph()
  const input = graph.input({ dtype: 'float32', shape: [2] })
  const model = (op: string): Uint8Array<ArrayBuffer> => {
    const outputs = [binary(graph, op, input, input)]
    const nodes = graph.nodesInOrder()
    return encode({ inputs: [input], outputs, nodes }, { inputNames: ['x'], outputNames: ['y'] })
  }
  await expect(runtime.start(model('Nonsense'), { threads: 1 })).rejects.toThrow(EngineError)
  const session = await runtime.start(model('Mul'), { threads: 1 })
  const x = { dtype: 'float32', shape: [2], data: Float32Array.of(2, 3) } as const
  expect([...(await session.run({ x }))['y']!.data]).toEqual([4, 9])
  const wrong = { ...x, shape: [3], data: new Float32Array(3) }
  await expect(session.run({ x: wrong })).rejects.toThrow(/refused by ONNX Runtime/)
})
