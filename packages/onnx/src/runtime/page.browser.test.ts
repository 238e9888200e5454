import { mlpFamily } from '@deepstruct/feedforward'
import { spenFamily } from '@deepstruct/spen'
import {
  eagerEngine,
  type Engine,
  flatten,
  grad,
  isNDArray,
  jit,
  loop,
  matMul,
  type NDArray,
  ndarray,
  random,
  sub,
  sum,
  tanh,
  type Tensor,
  useEngine,
} from '@deepstruct/tensor'
import { type Dataset, type Family, fit } from '@deepstruct/training'
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url'
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url'
import * as ort from 'onnxruntime-web/wasm'
import { beforeAll, describe, expect, it } from 'vitest'
import { onnxEngine } from '../onnx-engine.ts'

ort.env.wasm.wasmPaths = { wasm }

const [inputs, labels, size] = [6, 4, 24]

/** Examples of random features; a label is on where a feature is positive. */
const data: Dataset<{ readonly x: NDArray; readonly y: NDArray }> = {
  size,
  batch(rows) {
    const all = random(1).normals([size, inputs]).data
    const x = new Float32Array(rows.length * inputs)
    const y = new Float32Array(rows.length * labels)
    for (let i = 0; i < rows.length; i++) {
      x.set(all.subarray(rows[i]! * inputs, (rows[i]! + 1) * inputs), i * inputs)
      for (let label = 0; label < labels; label++)
        y[i * labels + label] = x[i * inputs + label]! > 0 ? 1 : 0
    }
    return { x: ndarray(x, [rows.length, inputs]), y: ndarray(y, [rows.length, labels]) }
  },
}

/** Steps down an energy, each along its gradient. */
function settle(y: Tensor, weights: Tensor): Tensor {
  const energy = (v: Tensor): Tensor => sum(tanh(matMul(v, weights)))
  return loop(5, (state: { y: Tensor }) => ({ y: sub(state.y, grad(energy)(state.y)) }), { y }).y
}

/** The parameters after an epoch of each phase. */
async function trained(
  engine: Engine,
  family: Family<'multilabel'>,
  settings: object,
): Promise<number[]> {
  useEngine(engine)
  const configuration = family.settings.parse({
    hidden: [5],
    activation: 'softplus',
    classifierEpochs: 1,
    ...settings,
  }) as never
  const learner = family.learner(configuration, { inputs, labels })
  const { state } = await fit(learner, data, { batchSize: 8, seed: 1 })
  const { leaves } = flatten(state, isNDArray, (at) => {
    throw new TypeError(`${at} is no array`)
  })
  return leaves.flatMap((leaf) => [...leaf.data])
}

describe('the compiled engine in a page', () => {
  let eager: Engine
  let compiled: Engine & { readonly threads: number }
  beforeAll(async () => {
    eager = await eagerEngine({
      backend: 'wasm',
      wasmPaths: {
        'tfjs-backend-wasm.wasm': simd,
        'tfjs-backend-wasm-simd.wasm': simd,
        'tfjs-backend-wasm-threaded-simd.wasm': simd,
      },
    })
    compiled = await onnxEngine({ runtime: ort })
  })

  const requireClose = (got: ArrayLike<number>, expected: ArrayLike<number>): void => {
    expect(got.length).toBe(expected.length)
    for (let i = 0; i < got.length; i++) expect(Math.abs(got[i]! - expected[i]!)).toBeLessThan(1e-5)
  }

  it('has one thread where memory is not shared', () => {
    expect('SharedArrayBuffer' in globalThis).toBe(false)
    expect(compiled.name).toBe('onnx:web:1')
    expect(compiled.threads).toBe(1)
  })

  it('infers as the eager engine does', async () => {
    const y = random(2).normals([7, 3])
    const weights = random(3).normals([3, 3])
    const expected = await jit(settle, { engine: eager })(y, weights)
    requireClose((await jit(settle, { engine: compiled })(y, weights)).data, expected.data)
  })

  it('trains as the eager engine does', async () => {
    for (const [family, settings] of [
      [mlpFamily, {}],
      [spenFamily, { energyEpochs: 1, jointEpochs: 1, inferenceSteps: 3, labelEnergy: 'none' }],
    ] as const)
      requireClose(
        await trained(compiled, family, settings),
        await trained(eager, family, settings),
      )
  })

  it('says how the runtime is given where it is not', async () => {
    await expect(onnxEngine()).rejects.toThrow(
      /expected the module itself: onnxEngine\({ runtime: await import\('onnxruntime-web'\) }\)/,
    )
  })
})
