import { StringDecoder } from 'node:string_decoder'

/** A line of input, counted from 1. */
export interface InputLine {
  /** Its number. */
  readonly number: number
  /** Its text without the line end; undefined when it is longer than any line may be. */
  readonly text: string | undefined
}

/** A line of this many characters is no example, and would not leave the memory bounded. */
const LONGEST = 1 << 26

/**
 * The lines of a stream in batches. Every batch but the last is full, so that results do not depend on how the input arrives.
 *
 * @param chunks - UTF-8 bytes or text, cut anywhere
 */
export async function* lineBatches(
  chunks: AsyncIterable<Uint8Array | string>,
  batchSize: number,
): AsyncGenerator<readonly InputLine[]> {
  // Several times as fast as TextDecoder is piece by piece; it leaves the mark that some programs put before UTF-8.
  const decoder = new StringDecoder('utf8')
  let batch: InputLine[] = []
  let number = 0
  let pending = ''
  let tooLong = false
  const append = (text: string): void => {
    tooLong ||= pending.length + text.length > LONGEST
    pending = tooLong ? '' : pending + text
  }
  const take = (): void => {
    if (number === 0 && pending.startsWith('\uFEFF')) pending = pending.slice(1)
    batch.push({ number: ++number, text: tooLong ? undefined : pending })
    pending = ''
    tooLong = false
  }
  for await (const chunk of chunks) {
    const text =
      typeof chunk === 'string'
        ? chunk
        : decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
    let start = 0
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      append(text.slice(start, end))
      take()
      start = end + 1
      if (batch.length < batchSize) continue
      yield batch
      batch = []
    }
    append(text.slice(start))
  }
  append(decoder.end())
  if (pending !== '' || tooLong) take()
  if (batch.length > 0) yield batch
}
