import { array, ModelFileError } from '@deepstruct/tensor'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { encodeModel, type NewModelFile } from '../index.ts'
import { fileError } from './file-error.ts'
import { loadModel, saveModel, writeFileAtomic } from './index.ts'

const model: NewModelFile = {
  task: 'multilabel',
  family: 'mlp',
  configuration: { hidden: [] },
  inputs: { count: 2 },
  threshold: 0.5,
  dataDigest: 'sha256:0',
  parameters: { kernel: array([[1], [2]]) },
  createdBy: '0.1.0',
}

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepstruct-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

describe('saveModel and loadModel', () => {
  it('write and read a model', async () => {
    const path = join(folder, 'm.safetensors')
    await saveModel(path, model)
    expect(await loadModel(path)).toStrictEqual({ ...model, format: 1 })
    expect(await readdir(folder)).toEqual(['m.safetensors'])
  })

  it('name the file in every refusal', async () => {
    const path = join(folder, 'm.safetensors')
    expect(await refusal(loadModel(path))).toContain(`${path}: loadModel: path is missing`)
    expect(await refusal(loadModel(folder))).toContain(`${folder}: loadModel: path is a folder`)
    await writeFile(path, '')
    expect(await refusal(loadModel(path))).toContain(
      `${path}: decodeSafetensors: the file is 0 bytes long`,
    )
    expect(await refusal(loadModel(join(path, 'x')))).toContain(
      'path is below something that is no folder',
    )
    await writeFile(path, encodeModel(model).subarray(0, -1))
    expect(await refusal(loadModel(path))).toContain('(the file is cut off)')
    await writeFile(path, '@relation yeast')
    expect(await refusal(loadModel(path))).toContain('(this is not a safetensors file)')
  })

  it('leave the old file when the new model is refused', async () => {
    const path = join(folder, 'm.safetensors')
    await saveModel(path, model)
    await expect(saveModel(path, { ...model, threshold: Number.NaN })).rejects.toThrow('threshold')
    expect(await loadModel(path)).toStrictEqual({ ...model, format: 1 })
  })
})

describe('fileError', () => {
  it('says in words what the file system refused', () => {
    const refused = Object.assign(new Error('EACCES'), { code: 'EACCES', syscall: 'open' })
    const error = fileError('loadModel', 'm.safetensors', refused)
    expect(error).toBeInstanceOf(ModelFileError)
    expect(String(error)).toContain('m.safetensors: loadModel: path is not permitted')
    const odd = Object.assign(new Error('EIO: i/o error'), { code: 'EIO', syscall: 'read' })
    expect(String(fileError('loadModel', 'm', odd))).toContain('path is EIO: i/o error')
  })

  it('passes on errors of any other origin', () => {
    const aborted = new DOMException('stop', 'AbortError')
    expect(fileError('loadModel', 'm', aborted)).toBe(aborted)
  })
})

describe('writeFileAtomic', () => {
  it('replaces a file by bytes, text or pieces', async () => {
    const path = join(folder, 'file')
    await writeFileAtomic(path, 'first')
    expect(await readFile(path, 'utf8')).toBe('first')
    await writeFileAtomic(path, Uint8Array.of(1, 2))
    expect([...(await readFile(path))]).toEqual([1, 2])
    await writeFileAtomic(path, pieces(['a', new TextEncoder().encode('b'), 'c']))
    expect(await readFile(path, 'utf8')).toBe('abc')
    expect(await readdir(folder)).toEqual(['file'])
  })

  it('leaves the old file, and nothing else, when it breaks off in the middle', async () => {
    const path = join(folder, 'file')
    await writeFile(path, 'old')
    const broken = new Error('power cut')
    await expect(writeFileAtomic(path, pieces(['half of the new'], broken))).rejects.toBe(broken)
    expect(await readFile(path, 'utf8')).toBe('old')
    expect(await readdir(folder)).toEqual(['file'])
  })

  it('shows the old file until the new one is whole', async () => {
    const path = join(folder, 'file')
    await writeFile(path, 'old')
    const seen: string[] = []
    async function* watched(): AsyncGenerator<string> {
      for (const piece of ['new ', 'and ', 'whole']) {
        seen.push(await readFile(path, 'utf8'))
        yield piece
      }
    }
    await writeFileAtomic(path, watched())
    expect(seen).toEqual(['old', 'old', 'old'])
    expect(await readFile(path, 'utf8')).toBe('new and whole')
  })

  it('leaves one whole file when several write at once', async () => {
    const path = join(folder, 'file')
    const contents = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(50_000))
    await Promise.all(contents.map((content) => writeFileAtomic(path, content)))
    expect(contents).toContain(await readFile(path, 'utf8'))
    expect(await readdir(folder)).toEqual(['file'])
  })

  it('follows a link', async () => {
    const path = join(folder, 'file')
    const link = join(folder, 'link')
    await writeFile(path, 'old')
    await symlink(path, link)
    await writeFileAtomic(link, 'new')
    expect(await readFile(path, 'utf8')).toBe('new')
  })

  it('names the path when the folder is missing or a folder stands in its place', async () => {
    const path = join(folder, 'no', 'file')
    expect(await refusal(writeFileAtomic(path, 'x'))).toContain(
      `${path}: writeFileAtomic: path is missing`,
    )
    const taken = join(folder, 'taken')
    await mkdir(taken)
    expect(await refusal(writeFileAtomic(taken, 'x'))).toContain(
      `${taken}: writeFileAtomic: path is a folder`,
    )
    expect(await readdir(folder)).toEqual(['taken'])
  })
})

/** The message of the typed error that an attempt ends in. */
async function refusal(attempt: Promise<unknown>): Promise<string> {
  const error: unknown = await attempt.then(
    () => 'success',
    (reason: unknown) => reason,
  )
  return error instanceof ModelFileError ? error.message : `not a ModelFileError: ${String(error)}`
}

async function* pieces<T>(parts: readonly T[], failure?: Error): AsyncGenerator<T> {
  yield* parts
  if (failure !== undefined) throw failure
}
