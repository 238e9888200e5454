import { createServer, type Server } from 'node:http'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { syntheticMultilabel } from '../synthetic.ts'
import { writeMulan } from '../write.ts'
import { cacheFolder } from './cache-folder.ts'
import { sha256 } from './files.ts'
import { loadNamedSet } from './load-named.ts'
import type { NamedSet } from './named-sets.ts'

const data = syntheticMultilabel({ seed: 0, examples: 12, testExamples: 5, blockSize: 4 })
const texts = {
  'tiny-train.arff': writeMulan(data.train).arff,
  'tiny-test.arff': writeMulan(data.test).arff,
  'tiny.xml': writeMulan(data.train).xml,
}
const named = (name: keyof typeof texts) => {
  const content = new TextEncoder().encode(texts[name])
  return { name, bytes: content.length, sha256: sha256(content) }
}
const tiny: NamedSet = {
  folder: 'tiny',
  train: named('tiny-train.arff'),
  test: named('tiny-test.arff'),
  labels: named('tiny.xml'),
}

let folder: string
let server: Server
let source: string
let asked: (string | undefined)[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepstruct-named-'))
  vi.stubEnv('DEEPSTRUCT_DATA', undefined)
  asked = []
  server = createServer(({ url }, response) => {
    asked.push(url)
    const text = Object.entries(texts).find(([name]) => url === `/mirror/tiny/${name}`)?.[1]
    response.writeHead(text === undefined ? 404 : 200).end(text)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  source = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mirror`
})

afterEach(async () => {
  vi.unstubAllEnvs()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await rm(folder, { recursive: true })
})

const store = async (
  directory: string,
  pack = (text: string): string | Uint8Array => text,
): Promise<void> => {
  await mkdir(join(directory, 'tiny'), { recursive: true })
  for (const [name, text] of Object.entries(texts)) {
    const content = pack(text)
    await writeFile(
      join(directory, 'tiny', typeof content === 'string' ? name : `${name}.gz`),
      content,
    )
  }
}

describe('loadNamedSet', () => {
  it('downloads once, then reads from the cache folder', async () => {
    const files: string[] = []
    const options = {
      source,
      cacheDir: folder,
      onProgress: ({ file }: { file: string }) => files.push(file),
    }
    const { train, test } = await loadNamedSet(tiny, options)
    expect(train.batch([0, 11])).toEqual(data.train.batch([0, 11]))
    expect(test.size).toBe(5)
    expect(new Set(files)).toEqual(new Set(Object.keys(texts)))
    expect(asked).toHaveLength(3)
    await loadNamedSet(tiny, options)
    expect(asked).toHaveLength(3)
  })

  it('takes files from the data folder, plain or compressed, without asking anyone', async () => {
    await store(join(folder, 'plain'))
    await store(join(folder, 'packed'), (text) => gzipSync(text))
    const cacheDir = join(folder, 'cache')
    const plain = await loadNamedSet(tiny, { source, cacheDir, dataDir: join(folder, 'plain') })
    vi.stubEnv('DEEPSTRUCT_DATA', join(folder, 'packed'))
    const packed = await loadNamedSet(tiny, { source, cacheDir })
    expect(packed.test.batch([0, 4])).toEqual(plain.test.batch([0, 4]))
    expect(asked).toEqual([])
  })

  it('refuses a local file with another content', async () => {
    await store(folder)
    await writeFile(join(folder, 'tiny/tiny-test.arff'), texts['tiny-test.arff'].replace('0', '1'))
    await expect(loadNamedSet(tiny, { source, dataDir: folder })).rejects.toMatchObject({
      name: 'DataError',
      message: expect.stringMatching(
        /tiny-test\.arff: loadNamedSet: content is of sha256 .*, expected /,
      ),
    })
  })

  it('refuses a download with another content', async () => {
    const wrong = { ...tiny, labels: { ...tiny.labels, sha256: '0'.repeat(64) } }
    await expect(loadNamedSet(wrong, { source, cacheDir: folder })).rejects.toThrow(
      'download: content is',
    )
  })

  it('says what the source answered', async () => {
    await expect(
      loadNamedSet(tiny, { source: `${source}/other`, cacheDir: folder }),
    ).rejects.toThrow('404')
  })
})

describe('cacheFolder', () => {
  it('follows XDG_CACHE_HOME', () => {
    expect(cacheFolder({ XDG_CACHE_HOME: '/caches' })).toBe(join('/caches', 'deepstruct'))
    expect(cacheFolder({ XDG_CACHE_HOME: '' })).toMatch(/deepstruct$/)
  })
})
