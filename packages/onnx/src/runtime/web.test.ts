import {
  array,
  grad,
  jit,
  loop,
  matMul,
  mul,
  random,
  sum,
  tanh,
  type Tensor,
} from '@deepstruct/tensor'
import { expect, it } from 'vitest'
import { onnxEngine } from '../onnx-engine.ts'

it('the runtime for the web computes the same', async () => {
  const w = random(1).normals([3, 3])
  const x = random(2).normals([2, 3])
  const settle = (y: Tensor, weights: Tensor): Tensor =>
    loop(600, (state: { y: Tensor }) => ({ y: tanh(matMul(state.y, weights)) }), { y }).y
  const slope = (y: Tensor, weights: Tensor): Tensor =>
    grad((v: Tensor) => sum(tanh(mul(v, matMul(v, weights)))))(y)
  const [native, web] = [
    await onnxEngine({ runtime: 'node', threads: 2 }),
    await onnxEngine({ runtime: 'web', threads: 2 }),
  ]
  expect([native.name, web.name]).toEqual(['onnx:node:2', 'onnx:web:2'])
  for (const fn of [settle, slope]) {
    const expected = await jit(fn, { engine: native })(x, w)
    const got = await jit(fn, { engine: web })(x, w)
    for (const [i, value] of expected.data.entries()) expect(got.data[i]).toBeCloseTo(value, 5)
  }
  expect(await jit((y: Tensor) => y, { engine: web })(array([1]))).toEqual(array([1]))
})
