import { DataError } from '@deepstruct/tensor'
import type { ParseOptions } from './place.ts'

/**
 * The content of a file: gzip-compressed bytes are unpacked, others are returned as they are.
 *
 * @throws `DataError` when the compressed data are cut off or damaged
 */
export async function unpack(bytes: Uint8Array, options: ParseOptions = {}): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  try {
    const copy = new Uint8Array(bytes)
    const plain = new Blob([copy]).stream().pipeThrough(new DecompressionStream('gzip'))
    return new Uint8Array(await new Response(plain).arrayBuffer())
  } catch (cause) {
    throw new DataError({
      function: 'unpack',
      argument: 'file',
      got: 'gzip data that are cut off or damaged',
      expected: 'a whole gzip file',
      file: options.file ?? 'input',
      cause,
    })
  }
}

/**
 * The text of a file: unpacked where it is gzip-compressed, and decoded from UTF-8.
 *
 * @throws `DataError` when the compressed data are cut off or damaged, or the text is not UTF-8
 */
export async function decodeText(bytes: Uint8Array, options: ParseOptions = {}): Promise<string> {
  const plain = await unpack(bytes, options)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(plain)
  } catch (cause) {
    throw new DataError({
      function: 'decodeText',
      argument: 'file',
      got: 'bytes that are not UTF-8',
      expected: 'text in UTF-8',
      file: options.file ?? 'input',
      cause,
    })
  }
}
