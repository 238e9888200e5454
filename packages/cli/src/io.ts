import type { Readable, Writable } from 'node:stream'

/** A stream that may be a terminal. */
export type Output = Writable & {
  /** Whether a person looks at it. */
  readonly isTTY?: boolean
  /** Its width in characters. */
  readonly columns?: number
}

/** What the command has to do with the world, so that a test can stand in for it. */
export interface Io {
  /** Where `predict` reads. */
  readonly stdin: Readable & {
    /** Whether a person types. */
    readonly isTTY?: boolean
  }
  /** Data: results, predictions, help. */
  readonly stdout: Output
  /** Progress and errors. */
  readonly stderr: Output
  /** The environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>
  /**
   * Calls `handler` at the first interruption (Ctrl-C) instead of ending; the next one ends the process at once.
   *
   * @returns what puts the usual behavior back
   */
  onInterrupt(handler: () => void): () => void
}
