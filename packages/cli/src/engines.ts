import { eagerEngine, type Engine, useEngine } from '@deepstruct/tensor'

/** The engines that can be chosen on the command line; a further one is one more entry. */
export const engines = {
  wasm: () => eagerEngine({ backend: 'wasm' }),
  cpu: () => eagerEngine({ backend: 'cpu' }),
  tensorflow: () => eagerEngine({ backend: 'tensorflow' }),
} satisfies Readonly<Record<string, () => Promise<Engine>>>

/** The name of an engine. */
export type EngineName = keyof typeof engines

/** All names, the default first. */
export const engineNames: readonly ['wasm', 'cpu', 'tensorflow'] = ['wasm', 'cpu', 'tensorflow']

/**
 * Runs everything that follows on an engine.
 *
 * @throws {@link @deepstruct/tensor!EngineError} when it does not start on this machine
 */
export async function startEngine(name: EngineName): Promise<Engine> {
  const engine = await engines[name]()
  useEngine(engine)
  return engine
}
