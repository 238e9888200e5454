import { eagerEngine, type Engine, useEngine } from '@deepstruct/tensor'

/** The engines that can be chosen on the command line. */
export type EngineName = 'wasm' | 'onnx' | 'cpu' | 'tensorflow'

/** How each engine is started; a further one is one more entry. */
export const engines: Readonly<Record<EngineName, () => Promise<Engine>>> = {
  wasm: () => eagerEngine({ backend: 'wasm' }),
  // Loaded when it is asked for: ONNX Runtime is optional.
  onnx: async () => (await import('@deepstruct/onnx')).onnxEngine(),
  cpu: () => eagerEngine({ backend: 'cpu' }),
  tensorflow: () => eagerEngine({ backend: 'tensorflow' }),
}

/** All names. */
export const engineNames: readonly EngineName[] = Object.keys(engines) as EngineName[]

/**
 * Runs everything that follows on an engine.
 *
 * @throws {@link @deepstruct/tensor!EngineError} when it does not start on this machine
 */
export async function startEngine(name: EngineName): Promise<void> {
  useEngine(await engines[name]())
}
