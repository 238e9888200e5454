import type { OnnxEngine, OnnxOptions } from '@deepstruct/onnx'
import { eagerEngine, type Engine, EngineError, useEngine } from '@deepstruct/tensor'
import { UsageError } from './errors.ts'

/** The engines that can be chosen on the command line. */
export type EngineName = 'onnx' | 'wasm' | 'tensorflow' | 'cpu'

/** How each engine is started; a further one is one more entry. */
export const engines: Readonly<Record<EngineName, (options?: OnnxOptions) => Promise<Engine>>> = {
  onnx: compiledEngine,
  wasm: () => eagerEngine({ backend: 'wasm' }),
  tensorflow: () => eagerEngine({ backend: 'tensorflow' }),
  cpu: () => eagerEngine({ backend: 'cpu' }),
}

/** All names. */
export const engineNames: readonly EngineName[] = Object.keys(engines) as EngineName[]

/** What a command line says of its engine. */
export interface EngineChoice {
  /** The engine; default the compiled one where its native runtime is installed, else `wasm`. */
  readonly engine?: EngineName
  /** How many threads compute; for the compiled engine. */
  readonly threads?: number
}

/**
 * Runs everything that follows on an engine.
 *
 * @returns the choice in full: what gives the same engine on any machine
 * @throws {@link UsageError} for threads with an engine that takes no number of them
 * @throws {@link @deepstruct/tensor!EngineError} when it does not start on this machine
 */
export async function startEngine({ engine, threads }: EngineChoice): Promise<EngineChoice> {
  const options = threads === undefined ? {} : { threads }
  const native = engine === undefined ? await nativeEngine(options) : undefined
  const name = engine ?? (native === undefined ? 'wasm' : 'onnx')
  if (threads !== undefined && name !== 'onnx')
    throw new UsageError(
      `the option --threads is ${threads}: expected with --engine onnx only, not with ${name}`,
    )
  const started: Engine & Partial<OnnxEngine> = native ?? (await engines[name](options))
  useEngine(started)
  return { engine: name, ...(started.threads === undefined ? {} : { threads: started.threads }) }
}

/** The compiled engine on its native runtime, if that is installed. */
async function nativeEngine(options: OnnxOptions): Promise<OnnxEngine | undefined> {
  try {
    return await compiledEngine({ ...options, runtime: 'node' })
  } catch (error) {
    if (error instanceof EngineError) return undefined
    throw error
  }
}

/** Loaded when it is asked for: ONNX Runtime is optional. */
async function compiledEngine(options?: OnnxOptions): Promise<OnnxEngine> {
  const { onnxEngine } = await import('@deepstruct/onnx')
  return onnxEngine(options)
}
