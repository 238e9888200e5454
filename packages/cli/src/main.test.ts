import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { loadModel } from '@deepstruct/training/node'
import { describe, expect, it } from 'vitest'
import { bundledCli } from '../test/bundled-cli.ts'
import { smallData } from '../test/small-data.ts'

const start = bundledCli()
const { path } = smallData()

/** Everything a process writes and how it ends. */
async function ended(
  child: ChildProcessWithoutNullStreams,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout, stderr }
}

/** Resolves when the process has written a text to stderr, or has ended. */
async function says(child: ChildProcessWithoutNullStreams, text: string): Promise<void> {
  let heard = ''
  for await (const chunk of child.stderr.iterator({ destroyOnReturn: false })) {
    heard += String(chunk)
    if (heard.includes(text)) return
  }
}

function trainArgs(out: string, ...more: string[]): string[] {
  const data = ['--train', path('train.arff'), '--labels', path('labels.xml')]
  return [
    'train',
    '--model',
    'mlp',
    ...data,
    '--hidden',
    '4',
    '--engine',
    'cpu',
    '--out',
    path(out),
    ...more,
  ]
}

describe('the deepstruct process', () => {
  it('exits with 0, 1 and 2', async () => {
    const [version, missing, usage] = await Promise.all([
      ended(start(['--version'])),
      ended(start(['info', path('gone')])),
      ended(start(['train', '--bogus'])),
    ])
    expect(version).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d/), stderr: '' })
    expect(missing).toMatchObject({ code: 1, stdout: '' })
    expect(missing.stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(usage).toMatchObject({ code: 2, stdout: '' })
  })

  it('saves at the first Ctrl-C, and resumes', async () => {
    const child = start(
      trainArgs(
        'm.safetensors',
        '--classifier-epochs',
        '100000',
        '--classifier-patience',
        '100000',
      ),
    )
    const end = ended(child)
    await says(child, 'classifier 3/')
    child.kill('SIGINT')
    // npm passes the same key press on once more.
    child.kill('SIGINT')
    expect(await end).toMatchObject({ code: 130, stderr: expect.stringContaining('To go on:\n') })
    expect((await loadModel(path('m.safetensors'))).family).toBe('mlp')
    expect(existsSync(path('m.safetensors.checkpoint'))).toBe(true)
  })

  it('ends quietly when the reader of a pipe leaves', async () => {
    await ended(start(trainArgs('p.safetensors', '--classifier-epochs', '1', '--quiet')))
    const child = start([
      'predict',
      '--model-file',
      path('p.safetensors'),
      '--engine',
      'cpu',
      '--batch-size',
      '8',
    ])
    child.stdin.on('error', () => undefined)
    let stderr = ''
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    const end = once(child, 'close')
    child.stdin.write('{"x": [1, 1]}\n'.repeat(100_000))
    await once(child.stdout, 'data')
    child.stdout.destroy()
    const [code] = (await end) as [number | null]
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })
})
