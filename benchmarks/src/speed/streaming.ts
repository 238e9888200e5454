import { writeJsonl } from '@deepstruct/datasets'
import { loadBibtex } from '@deepstruct/datasets/node'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { environmentOf } from './environment.ts'
import { writeResults } from './results.ts'
import { rounded } from './rows.ts'

const command = fileURLToPath(new URL('../../../packages/cli/dist/main.js', import.meta.url))

/**
 * Measures `deepstruct predict --scores labels` on the test rows of Bibtex as JSON lines, many times over, from the outside: rows a second
 * from the first answer to the last, and with the start of the process.
 */
export async function measureStreaming(
  threads: number,
  dataDir: string | undefined,
): Promise<void> {
  const { test } = await loadBibtex(dataDir === undefined ? {} : { dataDir })
  const lines = writeJsonl(test)
  const repeats = 40
  const folder = mkdtempSync(join(tmpdir(), 'deepstruct-bench-'))
  try {
    const model = join(folder, 'bibtex.safetensors')
    const data = ['--data', 'bibtex', ...(dataDir === undefined ? [] : ['--data-dir', dataDir])]
    await run(['train', '--model', 'spen', ...data, '--epochs', '1', '--out', model, '--quiet'])
    const predict = [
      'predict',
      '--model-file',
      model,
      '--scores',
      'labels',
      '--threads',
      String(threads),
    ]
    const began = performance.now()
    let first = 0
    let answers = 0
    await run(predict, lines, repeats, (chunk) => {
      if (first === 0) first = performance.now()
      for (const byte of chunk) if (byte === newline) answers++
    })
    const ended = performance.now()
    const result = {
      environment: environmentOf(threads),
      rows: answers,
      rowsPerSecond: rounded((1000 * answers) / (ended - first)),
      rowsPerSecondWithStart: rounded((1000 * answers) / (ended - began)),
      startMs: rounded(first - began),
    }
    if (answers !== repeats * test.size)
      throw new RangeError(`${answers} answers to ${repeats * test.size} rows`)
    console.log(JSON.stringify(result, undefined, 2))
    writeResults('streaming.json', result)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const newline = 10

/** Runs the command to its end, feeding it a text so many times. */
async function run(
  args: readonly string[],
  text = '',
  repeats = 0,
  onOutput: (chunk: Buffer) => void = () => undefined,
): Promise<void> {
  const child = spawn(process.execPath, [command, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdout.on('data', onOutput)
  // A command that ends early says why itself.
  child.stdin.on('error', () => undefined)
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  Readable.from(Array.from({ length: repeats }, () => text)).pipe(child.stdin)
  const code = await ended
  if (code !== 0) throw new RangeError(`deepstruct ${args[0]} ended with ${code}`)
}
