// A page's program: one gradient step on the wasm backend, whose binary the bundler serves.
import {
  array,
  eagerEngine,
  jit,
  matMul,
  square,
  sum,
  useEngine,
  valueAndGrad,
} from '@deepstruct/tensor'
import binary from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url'
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url'
import threaded from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url'

const wasmPaths = {
  'tfjs-backend-wasm.wasm': binary,
  'tfjs-backend-wasm-simd.wasm': simd,
  'tfjs-backend-wasm-threaded-simd.wasm': threaded,
}
useEngine(await eagerEngine({ backend: 'wasm', wasmPaths }))
const step = jit((w, x) => valueAndGrad((v) => sum(square(matMul(x, v))))(w))
const rows = [
  [1, 2],
  [3, 5],
]
const { value, grad } = await step(array([[1], [-1]]), array(rows))
document.title = [...value.data, ...grad.data].join(' ')
