import { type Backend, eagerEngine, useEngine } from '@deepstruct/tensor'
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url'
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url'
import threaded from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url'

/** What the page can compute on. */
export type PlaygroundBackend = Extract<Backend, 'wasm' | 'webgpu'>

/** Makes a backend the one that everything runs on from now on. */
export async function startEngine(backend: PlaygroundBackend): Promise<void> {
  // The engine loads a backend by name, which a bundler does not see; one that is loaded already is used as it is.
  if (backend === 'webgpu') await import('@tensorflow/tfjs-backend-webgpu')
  const wasmPaths = {
    'tfjs-backend-wasm.wasm': plain,
    'tfjs-backend-wasm-simd.wasm': simd,
    'tfjs-backend-wasm-threaded-simd.wasm': threaded,
  }
  useEngine(await eagerEngine({ backend, wasmPaths }))
}

/** Whether the browser has a graphics processor for us. */
export async function hasWebGpu(): Promise<boolean> {
  const { gpu } = navigator as { gpu?: { requestAdapter(): Promise<unknown> } }
  return gpu !== undefined && (await gpu.requestAdapter().catch(() => null)) !== null
}
