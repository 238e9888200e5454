import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'

const labelsXml = '<labels><label name="beach"/><label name="sea &amp; sun"/></labels>\n'

/** A learnable problem of two features and two labels: each label is the sign of its feature. */
export function smallArff(examples: number): string {
  const rows = Array.from({ length: examples }, (_, i) => {
    const [a, b] = [Math.sin(i * 1.7), Math.cos(i * 2.3)]
    return `${a.toFixed(4)},${b.toFixed(4)},${a > 0 ? 1 : 0},${b > 0 ? 1 : 0}`
  })
  return [
    '@relation small',
    '@attribute a numeric',
    '@attribute b numeric',
    '@attribute beach {0,1}',
    "@attribute 'sea & sun' {0,1}",
    '@data',
    ...rows,
    '',
  ].join('\n')
}

/** A folder with `train.arff`, `test.arff` and `labels.xml` for the tests of a file. */
export function smallData(): {
  path(name: string): string
  write(name: string, text: string | Uint8Array): Promise<string>
} {
  let folder = ''
  const path = (name: string): string => join(folder, name)
  const write = async (name: string, text: string | Uint8Array): Promise<string> => {
    await writeFile(path(name), text)
    return path(name)
  }
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deepstruct-cli-'))
    await write('train.arff', smallArff(120))
    await write('test.arff', smallArff(40))
    await write('labels.xml', labelsXml)
  })
  afterAll(() => rm(folder, { recursive: true }))
  return { path, write }
}
