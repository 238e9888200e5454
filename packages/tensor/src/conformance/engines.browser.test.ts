import { describe } from 'vitest'
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url'
import threaded from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url'
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url'
import { eagerEngine } from '../engine/eager.ts'
import { opCases } from './cases/all.ts'
import { conformance } from './suite.ts'

const wasmPaths = {
  'tfjs-backend-wasm.wasm': plain,
  'tfjs-backend-wasm-simd.wasm': simd,
  'tfjs-backend-wasm-threaded-simd.wasm': threaded,
}

describe('ops on wasm in a browser', () => {
  conformance(() => eagerEngine({ backend: 'wasm', wasmPaths }), opCases)
})

describe('ops on cpu in a browser', () => {
  conformance(() => eagerEngine({ backend: 'cpu' }), opCases)
})
