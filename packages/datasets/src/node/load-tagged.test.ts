import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { DataError } from '@deepstruct/tensor'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadTagged, loadTwitterPos } from './load-tagged.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tagged-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('loadTagged', () => {
  const word = '1\tGo\tgo\tVERB\tVB\t_\t0\troot\t_\t_\n'

  it('reads columns and CoNLL-U, packed or not', async () => {
    const write = async (name: string, content: string | Uint8Array): Promise<string> => {
      await writeFile(join(folder, name), content)
      return join(folder, name)
    }
    const plain = await loadTagged(await write('a.txt', 'Go\tVERB\n'))
    expect(plain).toEqual([{ tokens: ['Go'], tags: ['VERB'] }])
    expect(await loadTagged(await write('a.conllu', word))).toEqual(plain)
    expect(await loadTagged(await write('a.conllu.gz', gzipSync(word)))).toEqual(plain)
    expect(
      await loadTagged(await write('b.txt', word), { format: 'conllu', tags: 'xpos' }),
    ).toEqual([{ tokens: ['Go'], tags: ['VB'] }])
  })

  it('says which file of a published set is missing', async () => {
    const missing = loadTwitterPos({ dataDir: folder, cacheDir: folder })
    await expect(missing).rejects.toThrow(DataError)
    await expect(missing).rejects.toThrow('oct27.train')
  })
})
