import { createHash } from 'node:crypto'
import { access, readFile } from 'node:fs/promises'
import { DataError } from '@deepstruct/tensor'
import { decodeText, unpack } from '../bytes.ts'
import { parseNpy } from '../npy.ts'
import type { NDArray } from '@deepstruct/tensor'

/** The bytes of a file, unpacked where it is gzip-compressed. */
export async function readBytes(file: string): Promise<Uint8Array> {
  return unpack(await contentOf(file), { file })
}

/**
 * The text of a file, unpacked where it is gzip-compressed.
 *
 * @throws `DataError` when the file cannot be read, is cut off, or is not UTF-8
 */
export async function readText(file: string): Promise<string> {
  return decodeText(await contentOf(file), { file })
}

/**
 * Reads a NumPy `.npy` file, see `parseNpy`.
 *
 * @throws `DataError` when the file cannot be read or is malformed
 */
export async function readNpy(file: string): Promise<NDArray> {
  return parseNpy(await readBytes(file), { file })
}

/** Whether a file can be read. */
export async function isReadable(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}

/** The sha256 of bytes, in hexadecimal digits. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

async function contentOf(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file)
  } catch (cause) {
    throw new DataError({
      function: 'readBytes',
      argument: 'file',
      got: `unreadable (${cause instanceof Error ? cause.message : String(cause)})`,
      expected: 'a file',
      file,
      cause,
    })
  }
}
