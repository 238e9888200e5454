import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DataError } from '@deepstruct/tensor'

/** Writes an encoded image; folders that are missing are made. */
export async function writePng(name: string, file: string, png: Uint8Array): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, png)
  } catch (cause) {
    throw new DataError({
      function: name,
      argument: 'file',
      got: `not writable (${cause instanceof Error ? cause.message : String(cause)})`,
      expected: 'a file that can be written',
      file,
      cause,
    })
  }
}
