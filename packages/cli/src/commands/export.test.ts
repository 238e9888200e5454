import { readFile } from 'node:fs/promises'
// oxlint-disable-next-line no-restricted-imports -- as a user of the file does, not as an engine
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { runCli } from '../../test/run-cli.ts'
import { smallArff, smallData } from '../../test/small-data.ts'
import { families } from '../families.ts'

const { path, write } = smallData()

/** Examples whose second feature is large and varies little, so that all depends on how it is standardized. */
function shiftedArff(examples: number): string {
  return smallArff(examples).replaceAll(
    /^(-?[\d.]+),(-?[\d.]+),/gm,
    (_, a: string, b: string) => `${a},${(1000 + Number(b) / 10).toFixed(3)},`,
  )
}

function rowsOf(arff: string): number[][] {
  const lines = arff.slice(arff.indexOf('@data\n') + 6).trimEnd()
  return lines.split('\n').map((row) => row.split(',').slice(0, 2).map(Number))
}

/** Trains a small model, and gives the path of its file. */
async function trained(family: string, ...settings: string[]): Promise<string> {
  const train = await write('shifted.arff', shiftedArff(60))
  const out = path(`${family}.safetensors`)
  const data = ['--train', train, '--labels', path('labels.xml'), '--out', out]
  const common = ['--hidden', '4', '--epochs', '2', '--engine', 'cpu', '--quiet']
  const { code } = await runCli(['train', '--model', family, ...data, ...common, ...settings], {
    families,
  })
  expect(code).toBe(0)
  return out
}

/** What an ONNX file computes. */
async function outputsOf(
  file: string,
  rows: readonly (readonly number[])[],
): Promise<Readonly<Record<string, ArrayLike<number | bigint>>>> {
  const session = await InferenceSession.create(await readFile(file))
  const x = new Tensor('float32', Float32Array.from(rows.flat()), [rows.length, 2])
  const outputs = await session.run({ x })
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { data }]) => [name, data as Float32Array]),
  )
}

describe('export', () => {
  it.each([
    ['mlp', []],
    ['spen', ['--inference-steps', '30']],
  ] as const)('of %s gives a file that computes what predict does', async (family, settings) => {
    const model = await trained(family, ...settings)
    const rows = rowsOf(shiftedArff(17))
    const { stdout } = await runCli(
      ['predict', '--model-file', model, '--scores', 'all', '--engine', 'cpu'],
      { families, stdin: rows.map((x) => `${JSON.stringify({ x })}\n`) },
    )
    const predicted = stdout
      .trimEnd()
      .split('\n')
      .map(
        (line) =>
          JSON.parse(line) as { labels: string[]; scores: Record<string, number>; energy: number },
      )
    const names = ['beach', 'sea & sun']

    const expectSame = async (file: string, first: number, count: number): Promise<void> => {
      const { y, energy, labels } = await outputsOf(file, rows.slice(first, first + count))
      for (let row = 0; row < count; row++) {
        const line = predicted[first + row]!
        expect(Math.abs(Number(energy![row]) - line.energy)).toBeLessThan(1e-5)
        for (const [i, name] of names.entries()) {
          expect(Math.abs(Number(y![row * 2 + i]) - line.scores[name]!)).toBeLessThan(1e-5)
          expect(labels![row * 2 + i]).toBe(line.labels.includes(name) ? 1 : 0)
        }
      }
    }

    const any = path(`${family}.onnx`)
    const written = await runCli(['export', '--model-file', model, '--out', any, '--json'], {
      families,
    })
    expect(written).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(written.stdout)).toEqual({
      family,
      out: any,
      bytes: (await readFile(any)).length,
      batch: null,
    })
    for (const count of [1, 3, 17]) await expectSame(any, 0, count)

    const fixed = path(`${family}-4.onnx`)
    const line = await runCli(['export', model, '--out', fixed, '--batch', '4'], { families })
    expect(line.stdout).toContain(`wrote ${fixed}: ${family}, 4 rows, `)
    await expectSame(fixed, 5, 4)
    await expect(outputsOf(fixed, rows.slice(0, 3))).rejects.toThrow('dimensions')
  })

  it('says what is wrong', async () => {
    const missing = await runCli(['export', path('gone'), '--out', path('m.onnx')])
    expect(missing.code).toBe(1)
    expect(missing.stderr).toContain('path is missing')
    const batch = await runCli(['export', path('m'), '--out', path('m.onnx'), '--batch', '0'])
    expect(batch.code).toBe(2)
    expect(batch.stderr).toContain('the option --batch is')
    const folder = await runCli(['export', path('m'), '--out', path('no/m.onnx')])
    expect(folder.code).toBe(2)
    expect(folder.stderr).toContain('the option --out')
  })
})
