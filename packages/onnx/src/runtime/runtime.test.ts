import { EngineError } from '@deepstruct/tensor'
import { afterEach, describe, expect, it, vi } from 'vitest'
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

describe('where the runtime comes from', () => {
  afterEach(() => {
    vi.doUnmock('onnxruntime-node')
    vi.doUnmock('onnxruntime-web')
  })

  const absent = (name: string): void => {
    vi.doMock(name, () => {
      throw new Error(`Cannot find package '${name}'`)
    })
  }

  it('is the web where nothing native is installed', async () => {
    expect((await loadRuntime()).name).toBe('node')
    absent('onnxruntime-node')
    expect((await loadRuntime()).name).toBe('web')
    await expect(loadRuntime('node')).rejects.toThrow(/npm install onnxruntime-node/)
  })

  it('says what to install where there is none', async () => {
    absent('onnxruntime-node')
    absent('onnxruntime-web')
    const loading = loadRuntime()
    await expect(loading).rejects.toThrow(EngineError)
    await expect(loading).rejects.toThrow(
      /onnxruntime-node or onnxruntime-web, which does not load here, expected ONNX Runtime to be installed/,
    )
  })

  it('is the module that is given', async () => {
    expect((await loadRuntime(await import('onnxruntime-web'))).name).toBe('web')
    expect((await loadRuntime(await import('onnxruntime-node'))).name).toBe('node')
    const other = { env: {}, InferenceSession: {}, Tensor: {} }
    await expect(loadRuntime(other)).rejects.toThrow(
      "runtime is a module that exports env, InferenceSession, Tensor, expected what import('onnxruntime-web') gives",
    )
  })
})
