import { EngineError } from '../errors.ts'
import type { Engine, Host } from './engine.ts'

/**
 * A tree of arrays that stays with its engine between calls. {@link read} downloads it, {@link dispose} frees it. A handle that was
 * donated to a jitted function can no longer be used.
 */
export class Device<T> {
  /** The engine that holds the arrays. */
  readonly engine: Engine
  #payload: unknown
  #gone: 'donated' | 'disposed' | undefined
  /** The type of what is held; there is no value here. */
  declare readonly type: T

  /**
   * @param engine - the engine that holds the arrays
   * @param payload - what the engine needs to find them again
   */
  constructor(engine: Engine, payload: unknown) {
    this.engine = engine
    this.#payload = payload
  }

  /**
   * What the engine stored; for engines.
   *
   * @throws {@link EngineError} when the handle was donated or disposed, or belongs to another engine
   */
  payload(engine: Engine, caller: string): unknown {
    if (this.#gone !== undefined)
      throw new EngineError({
        function: caller,
        argument: 'handle',
        got: this.#gone,
        expected: 'a live device handle',
        why:
          this.#gone === 'donated'
            ? 'a donated handle gave its memory to the call; use the handle that came out'
            : 'it was freed by dispose()',
      })
    if (this.engine !== engine)
      throw new EngineError({
        function: caller,
        argument: 'handle',
        got: `held by ${this.engine.name}`,
        expected: `held by ${engine.name}`,
        why: 'read() it there and put() it here',
      })
    return this.#payload
  }

  /**
   * Ends this handle, and gives what it holds to a new one; for `jit`.
   *
   * @throws {@link EngineError} when the handle was donated or disposed
   */
  handOver(caller: string): Device<T> {
    const successor = new Device<T>(this.engine, this.payload(this.engine, caller))
    this.end('donated')
    return successor
  }

  /** Takes back what was handed over, unless the new handle has ended too; for `jit`. */
  takeBack(successor: Device<T>): void {
    if (successor.#gone !== undefined) return
    this.#payload = successor.#payload
    this.#gone = undefined
    successor.end('donated')
  }

  /** Ends the handle's life; for engines. */
  end(how: 'donated' | 'disposed'): void {
    this.#gone = how
    this.#payload = undefined
  }
}

/** Downloads what a handle holds. */
export async function read<T>(handle: Device<T>): Promise<Host<T>> {
  return handle.engine.read(handle)
}

/** Frees what a handle holds. */
export function dispose(handle: Device<unknown>): void {
  handle.engine.dispose(handle)
}
