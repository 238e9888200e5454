import { add, loop, matMul, random, tanh, type Tensor } from '@deepstruct/tensor'
import { loadGradients } from '@deepstruct/tensor/engine'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { argumentsOf } from './arguments.ts'
import { compile } from './compile.ts'
import { noHandles } from './held.ts'
import { loadRuntime } from './runtime/runtime.ts'
import { trace } from './trace/trace.ts'

await loadGradients()
const weights = random(1).normals([4, 4]).data
const x = random(2).normals([3, 4])

/** Uses a constant outside of a loop, and twice inside. */
function settle(y: Tensor): Tensor {
  const w = tf.tensor2d(weights, [4, 4])
  const bias = tf.tensor1d([0.1, 0.2, 0.3, 0.4])
  const step = (state: { y: Tensor }): { y: Tensor } => ({
    y: tanh(add(matMul(tanh(matMul(state.y, w)), w), bias)),
  })
  return loop(500, step, { y: matMul(y, w) }).y
}

const program = { name: 'settle', fn: settle as never, keep: [], donate: [], split: [] }
const call = argumentsOf(program, [x], noHandles)
const traced = trace(program, call.arrays, call.rebuild)

describe.each(['node', 'web'] as const)('constants beside the model, %s', async (name) => {
  const runtime = await loadRuntime(name)
  const compiled = (inlineBytes?: number): ReturnType<typeof compile> =>
    compile(traced, 0, runtime, {
      threads: 1,
      channelBlock: 1,
      ...(inlineBytes !== undefined && { inlineBytes }),
    })

  it('are the arrays themselves, each once, and give the same', async () => {
    const whole = compiled()
    expect(whole.model!.externalData).toEqual([])
    const [expected] = whole.results([x], await whole.compute([x]))
    for (const inlineBytes of [0, 40]) {
      const parts = compiled(inlineBytes)
      const matrices = parts.model!.externalData.filter(({ data }) => data.byteLength === 64)
      expect(matrices.map(({ data }) => data.buffer)).toEqual([weights.buffer])
      expect(matrices[0]!.data.buffer).toBe(weights.buffer)
      expect(parts.model!.bytes.length).toBeLessThan(whole.model!.bytes.length)
      expect(parts.results([x], await parts.compute([x]))).toEqual([expected])
    }
  })

  it('are arguments that stay the same, too', async () => {
    const whole = compiled()
    const parts = compiled(0).withConstants(new Map([[0, x]]))
    expect(parts.model!.externalData.map(({ data }) => data.buffer)).toContain(x.data.buffer)
    expect(parts.results([x], await parts.compute([]))).toEqual(
      whole.results([x], await whole.compute([x])),
    )
  })
})
