import * as tf from '@tensorflow/tfjs-core'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  add,
  array,
  conv2d,
  dispose,
  eagerEngine,
  EngineError,
  grad,
  jit,
  loop,
  matMul,
  mul,
  put,
  random,
  read,
  scope,
  segmentSum,
  sigmoid,
  softplus,
  square,
  sub,
  sum,
  type Tensor,
  useEngine,
  valueAndGrad,
} from '../index.ts'

/** What the backends themselves store: tfjs's own count does not see what a borrowed kernel leaves behind. */
function stored(): readonly number[] {
  return ['wasm', 'cpu'].map((name) => tf.findBackend(name)?.numDataIds() ?? 0)
}

describe('an eager engine', () => {
  it('names what to install when a backend is missing', async () => {
    await expect(eagerEngine({ backend: 'webgl' })).rejects.toThrow(EngineError)
    await expect(eagerEngine({ backend: 'webgl' })).rejects.toThrow(
      /npm install @tensorflow\/tfjs-backend-webgl/,
    )
  })

  it('refuses a backend that it does not know', async () => {
    await expect(eagerEngine({ backend: 'abacus' as never })).rejects.toThrow(
      /backend is 'abacus', expected wasm, cpu, tensorflow/,
    )
  })

  it('runs beside another one, each on its own backend', async () => {
    const engines = [await eagerEngine({ backend: 'wasm' }), await eagerEngine({ backend: 'cpu' })]
    const seen: string[] = []
    const double = (x: Tensor): Tensor => {
      seen.push(tf.getBackend())
      return mul(x, 2)
    }
    const handles = []
    for (const engine of [...engines, ...engines]) {
      const { y } = await jit((x: Tensor) => ({ y: double(x) }), { engine, keep: ['y'] })(
        array([1, 2]),
      )
      handles.push(y)
    }
    for (const handle of handles) {
      expect([...(await read(handle)).data]).toEqual([2, 4])
      dispose(handle)
    }
    expect(seen).toEqual(['wasm', 'cpu', 'wasm', 'cpu'])
  })

  it('can be made twice without a word', async () => {
    const first = await eagerEngine()
    const second = await eagerEngine()
    expect([first.name, second.name]).toEqual(['eager:wasm', 'eager:wasm'])
    useEngine(second)
    expect([...(await scope(() => sum(tf.tensor1d([1, 2])))).data]).toEqual([3])
  })

  it('refuses a handle of another engine', async () => {
    useEngine(await eagerEngine())
    const handle = await put<Tensor>(array([1]))
    const other = await eagerEngine({ backend: 'cpu' })
    await expect(jit((x: Tensor) => x, { engine: other })(handle)).rejects.toThrow(
      /held by eager:wasm, expected held by eager:cpu/,
    )
    dispose(handle)
  })
})

it('computes with the tensors of a tfjs user', async () => {
  await eagerEngine({ backend: 'cpu' })
  const { numTensors } = tf.memory()
  const result = tf.tidy(() => {
    const x = tf.variable(tf.tensor2d([[1, 2]]))
    const y = grad((v: Tensor) => sum(softplus(matMul(v, tf.ones([2, 1])))))(x)
    const same = tf.grad((v) => tf.sum(square(v)))(x)
    x.dispose()
    return add(y, same)
  })
  const slope = 1 / (1 + Math.exp(-3))
  const [first, second] = await result.data()
  expect(first).toBeCloseTo(slope + 2, 5)
  expect(second).toBeCloseTo(slope + 4, 5)
  result.dispose()
  expect(tf.memory().numTensors).toBe(numTensors)
})

describe('kernels that wasm lacks', () => {
  it.each([
    [
      'the gradient of a convolution at its kernel',
      () => {
        const x = tf.ones([1, 4, 4, 1])
        return grad((kernel: Tensor) => sum(conv2d(x, kernel)))(tf.ones([3, 3, 1, 1]))
      },
      [9, 12, 9, 12, 16, 12, 9, 12, 9],
    ],
    [
      'sums by segment',
      () => segmentSum(tf.tensor1d([1, 2, 4]), tf.tensor1d([1, 0, 1], 'int32'), 3),
      [2, 5, 0],
    ],
    [
      'sums of whole numbers by segment',
      () => segmentSum(tf.tensor1d([1, 2, 4], 'int32'), tf.tensor1d([1, 0, 1], 'int32'), 3),
      [2, 5, 0],
    ],
  ])('%s', async (_, f, expected) => {
    const engine = await eagerEngine()
    const before = stored()
    const { data } = await jit(f, { engine })()
    expect([...data]).toEqual(expected)
    expect(stored()).toEqual(before)
  })

  it('leave nothing behind when a factor is transposed or a sum is long', async () => {
    const engine = await eagerEngine()
    const before = stored()
    const x = random(1).normals([3, 2])
    const f = jit(
      (a: Tensor, long: Tensor) =>
        add(sum(matMul(a, a, { transposeA: true })), sum(sum(long, 0, true))),
      { engine },
    )
    await f(x, random(2).normals([400, 2]))
    expect(stored()).toEqual(before)
  })
})

it('keeps the number of tensors over 1,000 training steps', async () => {
  const engine = await eagerEngine()
  useEngine(engine)
  const draw = random(1)
  const step = jit(
    (state: { w: Tensor }, x: Tensor) => {
      const loss = ({ w }: { w: Tensor }): Tensor =>
        sum(square(loop(2, (y: Tensor) => sub(y, mul(0.1, sigmoid(matMul(y, w)))), x)))
      const { value, grad: gradient } = valueAndGrad(loss)(state)
      return { state: { w: sub(state.w, mul(0.01, gradient.w)) }, value }
    },
    { keep: ['state'], donate: [0] },
  )
  let { state } = await step({ w: draw.normals([3, 3]) }, draw.normals([2, 3]))
  const before = [tf.memory().numTensors, tf.memory().numDataBuffers, ...stored()]
  for (let i = 0; i < 1000; i++) ({ state } = await step(state, draw.normals([2, 3])))
  expect([tf.memory().numTensors, tf.memory().numDataBuffers, ...stored()]).toEqual(before)
  dispose(state)
})

it.each(['wasm', 'cpu'] as const)('prints nothing, on %s', async (backend) => {
  const { build } = await import('esbuild')
  const root = join(import.meta.dirname, '../..')
  // Node 20 cannot run the sources, so they are bundled; engines stay outside.
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import { array, eagerEngine, jit, segmentSum, useEngine } from './src/index.ts'
        useEngine(await eagerEngine({ backend: '${backend}' }))
        const { data } = await jit((x, s) => segmentSum(x, s, 2))(array([1, 2]), array([1, 1], 'int32'))
        if (data[1] !== 3) process.exit(3)`,
      resolveDir: root,
      loader: 'ts',
    },
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    external: ['@tensorflow/*', 'pure-rand', '#gradients'],
  })
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', outputFiles[0]!.text],
    { cwd: root, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } },
  )
  expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 0 })
})
