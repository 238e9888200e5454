import { once } from 'node:events'
import type { Output } from '../io.ts'

/**
 * Writes a text and waits while the reader is behind.
 *
 * @throws what the stream failed with, `EPIPE` when the reader has gone
 */
export async function writeAll(output: Output, text: string): Promise<void> {
  if (output.errored) throw output.errored
  if (!output.write(text)) await once(output, 'drain')
}
