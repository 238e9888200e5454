import { createWriteStream } from 'node:fs'
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { DataError } from '@deepstruct/tensor'
import { sha256 } from './files.ts'

/** How far a download is. */
export interface DownloadProgress {
  /** The name of the file. */
  readonly file: string
  /** The bytes received, those of an earlier attempt included. */
  readonly received: number
  /** The bytes of the whole file. */
  readonly total: number
}

/** A file to download, whose content is known. */
export interface Download {
  /** Where it comes from. */
  readonly url: string
  /** Where it goes. Until it is whole and checked it is called `<destination>.part`. */
  readonly destination: string
  /** The length of the content. */
  readonly bytes: number
  /** The sha256 of the content, in hexadecimal digits. */
  readonly sha256: string
  /** Called as data arrive. */
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined
  /** Stops the download; what has arrived is kept for the next attempt. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Downloads a file: goes on where an earlier attempt stopped (an HTTP range), checks length and sha256, and only then gives the
 * file its name.
 *
 * @throws `DataError` when the server cannot be reached or refuses, the connection breaks, or the content is another one
 */
export async function download(file: Download): Promise<void> {
  const part = `${file.destination}.part`
  await mkdir(dirname(part), { recursive: true })
  let start = await stat(part).then(
    ({ size }) => size,
    () => 0,
  )
  if (start > file.bytes) {
    await rm(part)
    start = 0
  }
  if (start < file.bytes) await receive(file, part, start)
  const content = await readFile(part)
  const sum = sha256(content)
  if (content.length !== file.bytes || sum !== file.sha256) {
    // Another content cannot become right by going on, so the next attempt starts anew.
    await rm(part)
    throw failed(
      file,
      `${content.length} bytes with sha256 ${sum}`,
      `${file.bytes} bytes with sha256 ${file.sha256}`,
    )
  }
  await rename(part, file.destination)
}

async function receive(file: Download, part: string, start: number): Promise<void> {
  const { url, bytes: total, signal, onProgress } = file
  try {
    const response = await fetch(url, {
      // Ranges of a compressed transfer would not be ranges of the content.
      headers: {
        'accept-encoding': 'identity',
        ...(start > 0 ? { range: `bytes=${start}-` } : {}),
      },
      ...(signal === undefined ? {} : { signal }),
    })
    if (!response.ok || response.body === null)
      throw failed(
        file,
        `the answer ${response.status} ${response.statusText}`.trim(),
        'the answer 200 or 206',
      )
    const resumed = response.status === 206
    const range = response.headers.get('content-range')
    if (resumed && range?.startsWith(`bytes ${start}-`) !== true)
      throw failed(file, `the range ${range}`, `the range from byte ${start}`)
    let received = resumed ? start : 0
    const counted = async function* (
      chunks: AsyncIterable<Uint8Array>,
    ): AsyncGenerator<Uint8Array> {
      for await (const chunk of chunks) {
        received += chunk.length
        onProgress?.({ file: basename(file.destination), received, total })
        yield chunk
      }
    }
    await pipeline(
      Readable.fromWeb(response.body),
      counted,
      createWriteStream(part, { flags: resumed ? 'a' : 'w' }),
    )
  } catch (cause) {
    if (cause instanceof DataError || signal?.aborted === true) throw cause
    throw failed(
      file,
      `cut off (${reasonOf(cause)})`,
      `${total} bytes; the next attempt goes on from here`,
      cause,
    )
  }
}

/** What fetch hides in the cause of its "fetch failed". */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}

function failed(file: Download, got: string, expected: string, cause?: unknown): DataError {
  return new DataError({
    function: 'download',
    argument: 'content',
    got,
    expected,
    file: file.url,
    ...(cause === undefined ? {} : { cause }),
  })
}
