import { createServer, type Server } from 'node:http'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { download, type DownloadProgress } from './download.ts'
import { sha256 } from './files.ts'

const content = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * i) % 251))
const whole = { bytes: content.length, sha256: sha256(content) }

let folder: string
let server: Server
let url: string
let destination: string
/** What the server is to do, and the ranges it was asked for. */
let behavior: { ranges: boolean; cutAfter: number; status?: number; shiftRange?: boolean }
let asked: (string | undefined)[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepstruct-download-'))
  destination = join(folder, 'deep/er/file.bin')
  behavior = { ranges: true, cutAfter: Infinity }
  asked = []
  server = createServer((request, response) => {
    const { range } = request.headers
    asked.push(range)
    if (behavior.status !== undefined) {
      response.writeHead(behavior.status).end()
      return
    }
    const start =
      behavior.ranges && range !== undefined ? Number(/bytes=(\d+)-/.exec(range)?.[1]) : 0
    const stated = behavior.shiftRange === true ? start + 1 : start
    response.writeHead(start > 0 ? 206 : 200, {
      'content-length': content.length - start,
      ...(start > 0
        ? { 'content-range': `bytes ${stated}-${content.length - 1}/${content.length}` }
        : {}),
    })
    const part = content.subarray(start, start + behavior.cutAfter)
    if (part.length === content.length - start) response.end(part)
    else response.write(part, () => setTimeout(() => response.destroy(), 50))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/file.bin`
})

afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await rm(folder, { recursive: true })
})

describe('download', () => {
  it('fetches, checks and names the file, and says how far it is', async () => {
    const seen: DownloadProgress[] = []
    await download({ url, destination, ...whole, onProgress: (progress) => seen.push(progress) })
    expect(await readFile(destination)).toEqual(content)
    expect(existsSync(`${destination}.part`)).toBe(false)
    expect(seen.at(-1)).toEqual({
      file: 'file.bin',
      received: content.length,
      total: content.length,
    })
    expect(seen.map(({ received }) => received)).toEqual(
      seen.map(({ received }) => received).toSorted((a, b) => a - b),
    )
  })

  it('goes on where a broken connection stopped', async () => {
    behavior.cutAfter = 70_000
    await expect(download({ url, destination, ...whole })).rejects.toMatchObject({
      name: 'DataError',
      message: expect.stringContaining('content is cut off'),
    })
    expect(existsSync(destination)).toBe(false)
    const kept = (await readFile(`${destination}.part`)).length
    expect(kept).toBeGreaterThan(0)
    behavior.cutAfter = Infinity
    const seen: number[] = []
    await download({
      url,
      destination,
      ...whole,
      onProgress: ({ received }) => seen.push(received),
    })
    expect(asked).toEqual([undefined, `bytes=${kept}-`])
    expect(seen[0]).toBeGreaterThan(kept)
    expect(await readFile(destination)).toEqual(content)
  })

  it('starts anew where the server knows no ranges', async () => {
    behavior.cutAfter = 70_000
    await expect(download({ url, destination, ...whole })).rejects.toThrow('cut off')
    behavior = { ranges: false, cutAfter: Infinity }
    await download({ url, destination, ...whole })
    expect(await readFile(destination)).toEqual(content)
  })

  it('asks for nothing when the part is already whole', async () => {
    behavior.cutAfter = 10
    await expect(download({ url, destination, ...whole })).rejects.toThrow('cut off')
    await writeFile(`${destination}.part`, content)
    await download({ url, destination, ...whole })
    expect(asked).toHaveLength(1)
    expect(await readFile(destination)).toEqual(content)
  })

  it('refuses another content, and leaves nothing of it', async () => {
    const other = { bytes: content.length, sha256: '0'.repeat(64) }
    await expect(download({ url, destination, ...other })).rejects.toMatchObject({
      name: 'DataError',
      message: expect.stringContaining(`expected ${content.length} bytes with sha256 0000`),
    })
    expect(existsSync(destination)).toBe(false)
    expect(existsSync(`${destination}.part`)).toBe(false)
  })

  it('refuses a part that was damaged meanwhile, then starts anew', async () => {
    behavior.cutAfter = 70_000
    await expect(download({ url, destination, ...whole })).rejects.toThrow('cut off')
    await writeFile(`${destination}.part`, Buffer.alloc(100, 1))
    behavior.cutAfter = Infinity
    await expect(download({ url, destination, ...whole })).rejects.toThrow('sha256')
    await download({ url, destination, ...whole })
    expect(await readFile(destination)).toEqual(content)
  })

  it('refuses a part that is longer than the file, and starts anew at once', async () => {
    behavior.cutAfter = 10
    await expect(download({ url, destination, ...whole })).rejects.toThrow('cut off')
    await writeFile(`${destination}.part`, Buffer.alloc(content.length + 1))
    behavior.cutAfter = Infinity
    await download({ url, destination, ...whole })
    expect(await readFile(destination)).toEqual(content)
  })

  it('refuses a range that it did not ask for', async () => {
    behavior = { ranges: true, cutAfter: 70_000, shiftRange: true }
    await expect(download({ url, destination, ...whole })).rejects.toThrow('cut off')
    behavior.cutAfter = Infinity
    await expect(download({ url, destination, ...whole })).rejects.toThrow(
      'expected the range from byte',
    )
  })

  it('says what the server answered', async () => {
    behavior.status = 404
    await expect(download({ url, destination, ...whole })).rejects.toMatchObject({
      name: 'DataError',
      message: `${url}: download: content is the answer 404 Not Found, expected the answer 200 or 206`,
    })
  })

  it('says when there is no server', async () => {
    await new Promise((resolve) => server.close(resolve))
    await expect(download({ url, destination, ...whole })).rejects.toMatchObject({
      name: 'DataError',
    })
    server = createServer().listen(0, '127.0.0.1')
  })

  it('stops when told to, and goes on later', async () => {
    const controller = new AbortController()
    behavior.cutAfter = 70_000
    const stopped = download({
      url,
      destination,
      ...whole,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    })
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' })
    behavior.cutAfter = Infinity
    await download({ url, destination, ...whole })
    expect(await readFile(destination)).toEqual(content)
  })
})
