import * as tf from '@tensorflow/tfjs-core'
import { EngineError } from '../errors.ts'
import { replaceWasmKernels } from './wasm-kernels.ts'
import { installFallbackKernels } from './fallback-kernels.ts'
import { loadGradients } from './gradients.ts'

/** The tfjs backends that an eager engine runs on. */
export type Backend = 'wasm' | 'cpu' | 'tensorflow' | 'webgl' | 'webgpu'

/** Where the browser finds the wasm binaries; see `setWasmPaths` of tfjs. */
export type WasmPaths = string | Readonly<Record<string, string>>

const loaders: Readonly<Record<Backend, (paths: WasmPaths | undefined) => Promise<unknown>>> = {
  async wasm(paths) {
    const wasm = await import('@tensorflow/tfjs-backend-wasm')
    if (paths !== undefined) wasm.setWasmPaths(paths)
  },
  cpu: () => import('@tensorflow/tfjs-backend-cpu'),
  async tensorflow() {
    restoreRemovedUtilities()
    const { process } = globalThis as { process?: { env: Record<string, string | undefined> } }
    // The native library logs its processor features to stderr otherwise.
    if (process !== undefined) process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '3'
    await optional('@tensorflow/tfjs-node')
  },
  webgl: () => optional('@tensorflow/tfjs-backend-webgl'),
  webgpu: () => optional('@tensorflow/tfjs-backend-webgpu'),
}

/**
 * Loads a backend, its gradients and what it lacks.
 *
 * @throws {@link EngineError} when it is not installed or does not start here
 */
export async function loadBackend(backend: Backend, paths?: WasmPaths): Promise<void> {
  if (!Object.hasOwn(loaders, backend))
    throw new EngineError({
      function: 'eagerEngine',
      argument: 'backend',
      got: `'${backend}'`,
      expected: Object.keys(loaders).join(', '),
    })
  await register(backend, paths)
  // It computes what wasm lacks.
  if (backend === 'wasm') await register('cpu')
  await loadGradients()
  if (!(await tf.setBackend(backend)))
    throw unavailable(
      backend,
      backend === 'wasm'
        ? 'in a browser, wasmPaths says where the .wasm files are served'
        : 'this machine or browser does not support it',
    )
  if (backend === 'wasm') {
    replaceWasmKernels()
    installFallbackKernels('wasm', 'cpu')
  }
  // The cpu backend prints an advertisement when it is first used in Node.
  if (backend === 'wasm' || backend === 'cpu')
    Object.assign(tf.findBackend('cpu'), { firstUse: false })
}

async function register(backend: Backend, paths?: WasmPaths): Promise<void> {
  if (tf.findBackendFactory(backend) !== null) return
  try {
    await loaders[backend](paths)
  } catch (cause) {
    throw unavailable(backend, `npm install ${packageOf[backend]}`, cause)
  }
}

function unavailable(backend: Backend, hint: string, cause?: unknown): EngineError {
  return new EngineError({
    function: 'eagerEngine',
    argument: 'backend',
    got: `'${backend}', which does not start here`,
    expected: 'a backend that is installed and supported',
    why: cause instanceof Error ? `${hint}; ${firstLine(cause)}` : hint,
    cause,
  })
}

const packageOf: Readonly<Record<Backend, string>> = {
  wasm: '@tensorflow/tfjs-backend-wasm',
  cpu: '@tensorflow/tfjs-backend-cpu',
  tensorflow: '@tensorflow/tfjs-node',
  webgl: '@tensorflow/tfjs-backend-webgl',
  webgpu: '@tensorflow/tfjs-backend-webgpu',
}

function firstLine(error: Error): string {
  return error.message.split('\n')[0] ?? ''
}

/** Optional peers are named at run time, so that neither bundlers nor types demand them. */
function optional(name: string): Promise<unknown> {
  return import(/* @vite-ignore */ name)
}

/** tfjs-node 4.22 calls two functions of node:util that Node 23 removed. */
function restoreRemovedUtilities(): void {
  const { process } = globalThis as { process?: { getBuiltinModule?(id: string): unknown } }
  const util = process?.getBuiltinModule?.('node:util') as
    | { isNullOrUndefined?: unknown; isArray?: unknown }
    | undefined
  if (util === undefined) return
  // Where they still exist, the first call of each prints a deprecation warning.
  util.isNullOrUndefined = (value: unknown) => value === null || value === undefined
  util.isArray = Array.isArray
}
