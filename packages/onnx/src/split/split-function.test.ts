import {
  eagerEngine,
  jit,
  matMul,
  put,
  random,
  softmax,
  type Tensor,
  useEngine,
} from '@deepstruct/tensor'
import { expect, it } from 'vitest'
import { onnxEngine } from '../onnx-engine.ts'

it('rows are the same however many there are, and who holds them', async () => {
  const eager = await eagerEngine({ backend: 'cpu' })
  const engine = await onnxEngine({ threads: 2 })
  useEngine(engine)
  const fn = (x: Tensor, w: Tensor): Tensor => softmax(matMul(x, w))
  const run = jit(fn, { engine, split: [0] })
  const expected = jit(fn, { engine: eager })
  const draw = random(4)
  const w = draw.normals([3, 5])
  const held = await put(w)
  for (const rows of [4, 7, 1, 4]) {
    const x = draw.normals([rows, 3])
    const { shape, data } = await expected(x, w)
    for (const given of [x, await put(x)])
      for (const weights of [w, held]) {
        const got = await run(given as typeof x, weights as typeof w)
        expect(got.shape).toEqual(shape)
        for (const [i, value] of data.entries()) expect(got.data[i]).toBeCloseTo(value, 5)
      }
  }
  // One graph for any number of rows to be shared; those that are held, and single ones, are computed as arrays without rows are.
  expect(engine.report().graphs.map(({ shapes }) => shapes[0])).toEqual([
    ['batch', 3],
    [4, 3],
    ['batch', 3],
    [1, 3],
  ])
  await engine.close()
})
