import { eagerEngine } from './eager.ts'
import type { Engine } from './engine.ts'

// The only mutable state of the library: which engine runs jitted functions that name none.
let chosen: Engine | Promise<Engine> | undefined

/**
 * Chooses the engine of all jitted functions that do not name one.
 *
 * @example
 * ```ts
 * import { eagerEngine, useEngine } from '@deepstruct/tensor'
 *
 * useEngine(await eagerEngine({ backend: 'cpu' }))
 * ```
 */
export function useEngine(engine: Engine): void {
  chosen = engine
}

/** The engine that was chosen, or an eager one on wasm, or on plain JavaScript where WebAssembly does not start. */
export async function currentEngine(): Promise<Engine> {
  chosen ??= eagerEngine().catch(() => eagerEngine({ backend: 'cpu' }))
  return chosen
}
