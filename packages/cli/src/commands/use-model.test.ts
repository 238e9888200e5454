import { readFile } from 'node:fs/promises'
import { Writable } from 'node:stream'
import { encodeModel, decodeModel, type NewModelFile } from '@deepstruct/training'
import { beforeAll, describe, expect, it } from 'vitest'
import { runCli } from '../../test/run-cli.ts'
import { smallArff, smallData } from '../../test/small-data.ts'

const { path, write } = smallData()
const cpu = ['--engine', 'cpu']

beforeAll(async () => {
  await runCli([
    'train',
    '--model',
    'linear',
    '--train',
    path('train.arff'),
    '--labels',
    path('labels.xml'),
    '--out',
    path('m.safetensors'),
    '--quiet',
    ...cpu,
  ])
})

function evaluating(...more: string[]): string[] {
  return [
    'evaluate',
    '--model-file',
    path('m.safetensors'),
    '--labels',
    path('labels.xml'),
    ...cpu,
    ...more,
  ]
}

function predicting(...more: string[]): string[] {
  return ['predict', '--model-file', path('m.safetensors'), ...cpu, ...more]
}

/** The examples of an ARFF text as input lines. */
function inputLines(arff: string): string[] {
  const rows = arff
    .slice(arff.indexOf('@data\n') + 6)
    .trimEnd()
    .split('\n')
  return rows.map((row) => `${JSON.stringify({ x: row.split(',').slice(0, 2).map(Number) })}\n`)
}

describe('evaluate', () => {
  it('prints one object with the promised keys', async () => {
    const { code, stdout, stderr } = await runCli(
      evaluating('--data', path('test.arff'), '--json', '--report', path('e.html')),
    )
    expect(stderr).toBe('')
    expect(code).toBe(0)
    const report = JSON.parse(stdout) as Record<string, unknown>
    expect(Object.keys(report).slice(0, 7)).toEqual([
      'family',
      'examples',
      'f1',
      'hammingLoss',
      'meanEnergy',
      'seconds',
      'examplesPerSecond',
    ])
    expect(report).toMatchObject({ family: 'linear', examples: 40 })
    expect(Object.keys(report['f1'] as object)).toEqual(['at0.5', 'atThreshold', 'threshold'])
    expect(await readFile(path('e.html'), 'utf8')).toContain('Examples with errors')
  })

  it('prints a table for people', async () => {
    const { stdout } = await runCli(evaluating('--data', path('test.arff')))
    expect(stdout).toContain('F1 @ threshold')
  })
})

describe('predict', () => {
  it('finds what evaluate finds', async () => {
    const truth = smallArff(40)
      .trimEnd()
      .split('\n')
      .slice(-40)
      .map((row) => row.split(',').slice(2).map(Number))
    const { code, stdout } = await runCli(predicting('--scores', 'all', '--batch-size', '7'), {
      stdin: inputLines(smallArff(40)),
    })
    expect(code).toBe(0)
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map(
        (line) =>
          JSON.parse(line) as {
            id: number
            labels: string[]
            scores: Record<string, number>
            energy: number
            status: string
          },
      )
    expect(lines.map(({ id }) => id)).toEqual(truth.map((_, i) => i + 1))
    const report = JSON.parse(
      (await runCli(evaluating('--data', path('test.arff'), '--json'))).stdout,
    ) as { meanEnergy: number; hammingLossAtThreshold: number }
    const wrong = lines.flatMap(({ labels }, i) =>
      ['beach', 'sea & sun'].filter(
        (name, label) => labels.includes(name) !== (truth[i]?.[label] === 1),
      ),
    )
    expect(wrong.length / 80).toBeCloseTo(report.hammingLossAtThreshold, 6)
    expect(lines.reduce((sum, { energy }) => sum + energy, 0) / 40).toBeCloseTo(
      report.meanEnergy,
      5,
    )
    expect(new Set(lines.map(({ status }) => status))).toEqual(new Set(['converged']))
  })

  it('answers a bad line in its place and exits with 1', async () => {
    const stdin = [
      '{"id": "a", "x": [1, -1]}\n{"id": "b", "x": [1]}\n',
      'nonsense\n{"x": {"1": 1}}\n{"id": "e", "x": {"2": 1}}',
    ]
    const { code, stdout, stderr } = await runCli(predicting('--batch-size', '2'), { stdin })
    expect(code).toBe(1)
    expect(stderr).toBe('')
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toMatchObject([
      { id: 'a', labels: ['beach'] },
      { id: 'b', line: 2, error: 'x has 1 numbers, expected 2, one for each feature of the model' },
      { line: 3, error: expect.stringContaining('no JSON') },
      { id: 4, labels: expect.any(Array) },
      { id: 'e', line: 5, error: expect.stringContaining('the index "2"') },
    ])
  })

  it('reads no further than the output is taken', async () => {
    let read = 0
    function* endless(): Generator<string> {
      for (;;) {
        read++
        yield '{"x": [1, 1]}\n'
      }
    }
    let written = 0
    const stdout = new Writable({
      highWaterMark: 16,
      write(_chunk, _encoding, done) {
        written++
        if (written < 20) setImmediate(done)
        else done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
      },
    })
    const { code, stderr } = await runCli(predicting('--batch-size', '4'), {
      stdin: endless(),
      stdout,
    })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(written).toBe(20)
    expect(read).toBeLessThan(20 * 4 + 100)
  })
})

describe('info', () => {
  it('describes a model file', async () => {
    const { stdout } = await runCli(['info', path('m.safetensors'), '--json'])
    expect(JSON.parse(stdout)).toMatchObject({
      format: 1,
      family: 'linear',
      features: 2,
      standardizer: 'affine',
      labels: ['beach', 'sea & sun'],
      parameters: 6,
      bytes: 24,
      settings: { rate: 0.5 },
    })
    expect((await runCli(['info', '--model-file', path('m.safetensors')])).stdout).toContain(
      'parameters    6\n',
    )
  })

  it('describes the installation', async () => {
    const { code, stdout } = await runCli(['info', '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      node: process.version,
      engines: { cpu: 'ready' },
      families: { linear: expect.any(String) },
    })
  })
})

describe('bad input', () => {
  const data = (text: string): Promise<string> => write('bad.arff', text)
  const good = smallArff(3)

  it.each([
    [
      'a wrong column count',
      good.replace('0.0000,1.0000,0,1', '0.0000,1.0000,0'),
      ':7: ',
      '3 columns, expected 4',
    ],
    [
      'an unknown nominal value',
      good.replace('0.0000,1.0000,0,1', '0.0000,1.0000,0,yes'),
      ':7: ',
      '"yes", expected one of {0,1}',
    ],
    [
      'NaN',
      good.replace('0.0000,1.0000,0,1', 'NaN,1.0000,0,1'),
      ':7: ',
      '"NaN", expected a finite number',
    ],
    [
      'an index out of range',
      good.replace('0.0000,1.0000,0,1', '{0 1,9 1}'),
      ':7: ',
      '"9", expected an integer from 0 to 3',
    ],
    [
      'a label of other values',
      good.replace('@attribute beach {0,1}', '@attribute beach {0,1,2}'),
      ':4: ',
      'expected values 0 and 1',
    ],
    ['an empty file', '', ': ', 'file is empty'],
    ['no rows', good.slice(0, good.indexOf('@data') + 6), ': ', 'without rows'],
    [
      'another feature count',
      good.replace('@attribute b numeric\n', '').replaceAll(/^([-\d.]+),[-\d.]+,/gm, '$1,'),
      ': ',
      'the number of features is 1, expected 2',
    ],
  ])('evaluate refuses %s', async (_, text, place, message) => {
    const file = await data(text)
    const { code, stdout, stderr } = await runCli(evaluating('--data', file))
    expect(stderr).toContain(`error: ${file}${place}`)
    expect(stderr).toContain(message)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  })

  it('train refuses labels that the data lack, and writes nothing', async () => {
    const labels = await write('other.xml', '<labels><label name="mountain"/></labels>')
    const { code, stderr } = await runCli([
      'train',
      '--model',
      'linear',
      '--train',
      path('train.arff'),
      '--labels',
      labels,
      '--out',
      path('bad.safetensors'),
      ...cpu,
    ])
    expect(code).toBe(1)
    expect(stderr).toContain('train.arff: parseMulan: header is without the label "mountain"')
    await expect(readFile(path('bad.safetensors'))).rejects.toThrow('ENOENT')
  })

  it('refuses data that are missing or a truncated gzip file', async () => {
    expect((await runCli(evaluating('--data', path('nowhere.arff')))).stderr).toContain(
      'nowhere.arff: readBytes: file is unreadable',
    )
    const file = await write('cut.arff.gz', Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2))
    expect(await runCli(evaluating('--data', file))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        'cut.arff.gz: unpack: file is gzip data that are cut off or damaged',
      ),
    })
  })

  it('refuses model files that are cut off, of another version, of another family, or missing', async () => {
    const bytes = await readFile(path('m.safetensors'))
    const using = async (file: string): Promise<string> => {
      const { code, stderr } = await runCli(['predict', '--model-file', file, ...cpu])
      expect(code).toBe(1)
      expect(stderr.trimEnd().split('\n')).toHaveLength(1)
      expect(stderr).toContain(`error: ${file}: `)
      return stderr
    }
    expect(await using(await write('cut.safetensors', bytes.subarray(0, -3)))).toContain('cut off')
    const { format: _, ...model } = decodeModel(bytes)
    const other = (change: Partial<NewModelFile>): Promise<string> =>
      write('other.safetensors', encodeModel({ ...model, ...change }))
    expect(await using(await other({ family: 'fancy' }))).toContain(
      "the family is 'fancy', expected one of linear",
    )
    expect(await using(await other({ configuration: { rate: -1 } }))).toContain(
      'the setting rate is -1',
    )
    const newer = Buffer.from(bytes)
      .toString('latin1')
      .replace(String.raw`\"format\":1`, String.raw`\"format\":7`)
    expect(await using(await write('newer.safetensors', Buffer.from(newer, 'latin1')))).toContain(
      'newer release',
    )
    expect(await using(path('gone.safetensors'))).toContain('missing')
  })

  it('shows a stack only when it is asked to', async () => {
    const args = evaluating('--data', path('nowhere.arff'))
    expect((await runCli(args)).stderr).not.toContain('    at ')
    expect((await runCli(args, { env: { DEEPSTRUCT_DEBUG: '1' } })).stderr).toContain('    at ')
  })
})
