import { jit, loop, matMul, random, tanh, type Tensor } from '@deepstruct/tensor'
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.jsep.wasm?url'
import * as ort from 'onnxruntime-web'
import { expect, it } from 'vitest'
import { onnxEngine } from '../onnx-engine.ts'

it('a page stays responsive where the runtime works in a thread of its own', async () => {
  ort.env.wasm.wasmPaths = { wasm }
  ort.env.wasm.proxy = true
  const settle = (y: Tensor, w: Tensor): Tensor =>
    loop(300, (state: { y: Tensor }) => ({ y: tanh(matMul(state.y, w)) }), { y }).y
  const run = jit(settle, { engine: await onnxEngine({ runtime: ort }) })
  const weights = random(1).normals([200, 200])
  const before = weights.data.slice()
  const first = await run(weights, weights)
  let turns = 0
  const timer = setInterval(() => turns++, 1)
  const second = await run(weights, weights)
  clearInterval(timer)
  expect(second).toEqual(first)
  expect(turns).toBeGreaterThan(2)
  // What was given is still there, though threads take what is sent to them.
  expect(weights.data).toEqual(before)
})
