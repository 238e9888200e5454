import {
  add,
  argMax,
  array,
  broadcastTo,
  cast,
  concat,
  conv2d,
  cumSum,
  eagerEngine,
  type Engine,
  fill,
  gather,
  grad,
  jit,
  logSumExp,
  loop,
  matMul,
  max,
  mean,
  mul,
  type NDArray,
  random,
  range,
  relu,
  reshape,
  reverse,
  segmentSum,
  slice,
  softmax,
  split,
  square,
  sub,
  sum,
  tanh,
  type Tensor,
  tile,
  transpose,
  zeros,
} from '@deepstruct/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import { onnxEngine, type OnnxEngine } from '../onnx-engine.ts'

let eager: Engine
beforeAll(async () => {
  eager = await eagerEngine({ backend: 'cpu' })
})

const w = random(2).normals([3, 4])
const rows = (count: number, ...inner: number[]): NDArray =>
  random(count).normals([count, ...inner])

/** Runs with many numbers of rows, and compares with an eager engine. Gives the shapes of the graphs that were compiled. */
async function atManySizes(
  fn: (x: Tensor, weights: Tensor) => Tensor,
  inner: readonly number[] = [3],
  weights = w,
): Promise<readonly string[]> {
  const engine: OnnxEngine = await onnxEngine()
  const compiled = jit(fn, { engine })
  const expected = jit(fn, { engine: eager })
  for (const count of [5, 8, 2, 1, 3, 61, 300]) {
    const x = rows(count, ...inner)
    const got = await compiled(x, weights)
    const { shape, data } = await expected(x, weights)
    expect(got.shape).toEqual(shape)
    const scale = 1 + Array.from(data).reduce((peak, value) => Math.max(peak, Math.abs(value)), 0)
    for (const [i, value] of data.entries())
      expect(Math.abs(got.data[i]! - value) / scale).toBeLessThan(1e-5)
  }
  return engine.report().graphs.map(({ shapes }) => JSON.stringify(shapes[0]))
}

describe('one graph serves any number of rows', () => {
  const once = ['[5,3]', '["batch",3]', '[1,3]']
  it.each<[string, (x: Tensor, weights: Tensor) => Tensor]>([
    ['a layer', (x, weights) => tanh(matMul(x, weights))],
    [
      'its gradient at the weights',
      (x, weights) => grad((v: Tensor) => mean(square(matMul(x, v))))(weights),
    ],
    ['sums over a multiple of its rows', (x) => sum(reshape(concat([x, x, x, x], 1), [-1, 3]), 0)],
    [
      'its gradient at the input',
      (x, weights) => grad((v: Tensor) => mean(softmax(matMul(v, weights))))(x),
    ],
    ['means over rows', (x) => mean(x, 0)],
    ['a maximum and its gradient', (x) => grad((v: Tensor) => sum(square(max(v, 1))))(x)],
    ['logsumexp of all', (x) => logSumExp(x)],
    ['repetition by rows', (x) => add(broadcastTo(fill([3], 2), [x.shape[0], 3]), x)],
    ['zeros by rows', (x) => concat([x, zeros([x.shape[0], 2])], 1)],
    ['rows twice', (x) => concat([x, mul(x, 2)], 0)],
    ['rows flattened', (x) => reshape(square(x), [-1])],
    ['rows in another order', (x) => reverse(x, 0)],
    ['rows by number', (x) => gather(square(x), range(0, x.shape[0]))],
    [
      'pairs of rows',
      (x) => {
        const count = x.shape[0]
        return sum(square(sub(reshape(x, [count, 1, 3]), reshape(x, [1, count, 3]))), 2)
      },
    ],
    ['columns', (x) => add(slice(x, [0, 1], [-1, 2]), split(x, [1, 2], 1)[0]!)],
    ['transposed rows', (x) => matMul(transpose(x), relu(x))],
    ['tiles', (x) => tile(x, [1, 2])],
    ['rows along', (x) => cumSum(x, 1)],
    ['classes counted', (x) => segmentSum(square(x), argMax(x, 1), 3)],
    ['classes of rows', (x) => cast(argMax(x, 1), 'float32')],
    [
      'a long loop',
      (x, weights) =>
        loop(
          300,
          ({ y }: { y: Tensor }) => ({
            y: tanh(add(matMul(matMul(y, weights), transpose(weights)), mean(x))),
          }),
          { y: x },
        ).y,
    ],
    ['only a constant of as many rows', (x) => zeros([x.shape[0], 2])],
  ])('%s', async (_, fn) => {
    expect(await atManySizes(fn)).toEqual(once)
  })

  it('convolution and its gradients', async () => {
    const kernel = random(5).normals([3, 3, 2, 4])
    const fn = (x: Tensor, k: Tensor): Tensor => {
      const at = (images: Tensor, weights: Tensor): Tensor =>
        mean(
          square(
            conv2d(relu(conv2d(images, weights, { stride: 2 })), mul(fill([1, 1, 4, 1], 1), 0.5)),
          ),
        )
      return add(sum(grad((v: Tensor) => at(x, v))(k)), sum(grad((v: Tensor) => at(v, k))(x)))
    }
    expect(await atManySizes(fn, [6, 6, 2], kernel)).toEqual([
      '[5,6,6,2]',
      '["batch",6,6,2]',
      '[1,6,6,2]',
    ])
  })
})

describe('one graph for each number of rows', () => {
  it.each<[string, (x: Tensor) => Tensor]>([
    [
      'where another number of nodes is needed',
      (x) => split(x, x.shape[0]).reduce((a, b) => tanh(add(a, b))),
    ],
    ['where the number enters in another way', (x) => mul(x, Math.sqrt(x.shape[0]))],
    ['where there is a limit to it', (x) => mul(x, Math.min(x.shape[0], 256))],
    ['where something else is done for many', (x) => (x.shape[0] > 100 ? square(x) : x)],
  ])('%s', async (_, fn) => {
    const graphs = await atManySizes(fn)
    expect(graphs).toEqual(['[5,3]', '[8,3]', '[2,3]', '[1,3]', '[3,3]', '[61,3]', '[300,3]'])
  })

  it('where two extents differ', async () => {
    const engine = await onnxEngine()
    const total = jit((x: Tensor) => sum(square(x), 1), { engine })
    for (const shape of [
      [2, 3],
      [4, 5],
      [6, 7],
    ])
      await total(random(1).normals(shape))
    expect(engine.report().graphs.map(({ shapes }) => shapes[0])).toEqual([
      [2, 3],
      [4, 5],
      [6, 7],
    ])
    expect(
      await total(
        array([
          [1, 2],
          [3, 4],
        ]),
      ),
    ).toMatchObject({ shape: [2] })
  })
})
