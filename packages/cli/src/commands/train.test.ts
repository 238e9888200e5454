import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { loadCheckpoint, loadModel } from '@deepstruct/training/node'
import { describe, expect, it } from 'vitest'
import { runCli } from '../../test/run-cli.ts'
import { smallData } from '../../test/small-data.ts'

const { path, write } = smallData()

function trainArgs(out: string, ...more: string[]): string[] {
  return [
    'train',
    '--model',
    'linear',
    '--train',
    path('train.arff'),
    '--labels',
    path('labels.xml'),
    '--engine',
    'cpu',
    '--out',
    path(out),
    ...more,
  ]
}

describe('train', () => {
  it('writes a model, and one JSON object as the last line', async () => {
    const { code, stdout, stderr } = await runCli(
      trainArgs('m.safetensors', '--json', '--metrics-file', path('log.jsonl')),
    )
    expect(stderr).toContain('first 1/3  loss ')
    expect(code).toBe(0)
    const result = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Record<string, unknown>
    expect(Object.keys(result)).toEqual(['family', 'out', 'epochs', 'seconds', 'dev'])
    expect(result).toMatchObject({ family: 'linear', out: path('m.safetensors'), epochs: 6 })
    expect(result['dev']).toMatchObject({
      examples: 12,
      hammingLoss: expect.any(Number),
      meanEnergy: expect.any(Number),
    })
    expect((result['dev'] as { f1: { atThreshold: number } }).f1.atThreshold).toBeGreaterThan(0.9)
    const model = await loadModel(path('m.safetensors'))
    expect(model).toMatchObject({
      family: 'linear',
      configuration: { rate: 0.5, hidden: [], labelEnergy: 'none', careful: true, bold: false },
      labelNames: ['beach', 'sea & sun'],
      inputs: { count: 2, standardizer: { kind: 'affine' } },
      createdBy: expect.stringMatching(/^\d+\.\d+\.\d+/),
      dataDigest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    })
    expect(existsSync(path('m.safetensors.checkpoint'))).toBe(false)
    const log = (await readFile(path('log.jsonl'), 'utf8')).trimEnd().split('\n')
    expect(log.map((line) => JSON.parse(line) as { phase: string; epoch: number })).toMatchObject([
      { phase: 'first', epoch: 1 },
      { phase: 'first', epoch: 2 },
      { phase: 'first', epoch: 3 },
      { phase: 'second', epoch: 0 },
      { phase: 'second', epoch: 1 },
      { phase: 'second', epoch: 2 },
      { phase: 'second', epoch: 3 },
    ])
  })

  it('takes settings of the family from options and from a file, the command line first', async () => {
    const config = await write(
      'config.json',
      JSON.stringify({
        model: 'linear',
        rate: 0.25,
        'label-energy': 'pairwise',
        hidden: [4],
        epochs: 1,
        careful: false,
      }),
    )
    const { code } = await runCli([
      ...trainArgs('s.safetensors').filter((word) => word !== '--model' && word !== 'linear'),
      '--config',
      config,
      '--hidden',
      '7,8',
      '--bold',
      '--no-standardize',
      '--quiet',
    ])
    expect(code).toBe(0)
    const { configuration, inputs } = await loadModel(path('s.safetensors'))
    expect(configuration).toEqual({
      rate: 0.25,
      hidden: [7, 8],
      labelEnergy: 'pairwise',
      careful: false,
      bold: true,
    })
    expect(inputs.standardizer).toEqual({ kind: 'identity' })
  })

  it('takes dev examples from a file', async () => {
    const { code, stdout } = await runCli(
      trainArgs('d.safetensors', '--dev', path('test.arff'), '--epochs', '1', '--json', '--quiet'),
    )
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ epochs: 2, dev: { examples: 40 } })
  })

  it('stops at an interruption, says how to resume, and resumes to the same model', async () => {
    await runCli(trainArgs('whole.safetensors', '--quiet'))
    const stopped = await runCli(
      trainArgs('cut.safetensors', '--metrics-file', path('cut.jsonl')),
      {
        env: { npm_lifecycle_event: 'deepstruct' },
        onStderr: (text, interrupt) => {
          if (text.startsWith('first 2/3')) interrupt()
        },
      },
    )
    expect(stopped.code).toBe(130)
    expect(stopped.stderr).toContain(
      `wrote ${path('cut.safetensors')} as of the last complete epoch. To go on:\n`,
    )
    expect(stopped.stderr).toContain(`npm run -s deepstruct -- train --model linear`)
    expect(stopped.stderr.trimEnd()).toMatch(/ --resume$/)
    expect((await loadModel(path('cut.safetensors'))).family).toBe('linear')
    expect((await loadCheckpoint(path('cut.safetensors.checkpoint'))).snapshot.epoch).toBe(2)

    const changed = await runCli(trainArgs('cut.safetensors', '--resume', '--batch-size', '16'))
    expect(changed).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        'error: train: the option --batch-size is 16, expected 32 (the run in',
      ),
    })

    expect(
      await runCli(trainArgs('cut.safetensors', '--resume', '--engine', 'wasm')),
    ).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /error: train: the option --engine is wasm, expected cpu .* was begun with --engine cpu, /,
      ),
    })

    const resumed = await runCli(
      trainArgs('cut.safetensors', '--resume', '--metrics-file', path('cut.jsonl')),
    )
    expect(resumed.code).toBe(0)
    expect(await loadModel(path('cut.safetensors'))).toStrictEqual(
      await loadModel(path('whole.safetensors')),
    )
    const log = (await readFile(path('cut.jsonl'), 'utf8')).trimEnd().split('\n')
    expect(log).toHaveLength(7)
    expect(existsSync(path('cut.safetensors.checkpoint'))).toBe(false)
  })

  it('saves nothing when it is interrupted at once', async () => {
    const stopped = await runCli(trainArgs('none.safetensors'), { interruptAtOnce: true })
    expect(stopped.code).toBe(130)
    expect(stopped.stderr).toContain('nothing was saved')
    expect(existsSync(path('none.safetensors'))).toBe(false)
  })

  it('says that training diverged, and exits with 1', async () => {
    const { code, stderr } = await runCli(trainArgs('wild.safetensors', '--rate', '1e38'))
    expect(code).toBe(1)
    expect(stderr).toContain('error: training diverged')
    expect(stderr).toContain('nothing was saved')
    expect(existsSync(path('wild.safetensors'))).toBe(false)
  })

  it('starts from the parameters of another model', async () => {
    await runCli(trainArgs('m0.safetensors', '--quiet'))
    const { code, stderr, stdout } = await runCli(
      trainArgs(
        'm1.safetensors',
        '--init-from',
        path('m0.safetensors'),
        '--epochs',
        '1',
        '--rate',
        '1e-9',
        '--json',
      ),
    )
    expect(code).toBe(0)
    expect(stderr).toContain('taken linear')
    expect(
      (JSON.parse(stdout) as { dev: { f1: { atThreshold: number } } }).dev.f1.atThreshold,
    ).toBeGreaterThan(0.9)
  })

  it('writes a report of one file', async () => {
    const { code } = await runCli(trainArgs('r.safetensors', '--quiet', '--report', path('r.html')))
    expect(code).toBe(0)
    const page = await readFile(path('r.html'), 'utf8')
    expect(page).toContain('first: training loss')
    expect(page).toContain('sea &amp; sun')
    expect(page).not.toContain('sea & sun')
    expect(page).not.toMatch(/<(script|link|img)|https?:\/\/(?!www\.w3\.org)/)
    expect(page.match(/<style/g)).toHaveLength(1)
    expect(page).toContain('energy at each step of inference')
  })

  it('shows the settings of the family in help', async () => {
    const { code, stdout } = await runCli(['train', '--model', 'linear', '--help'])
    expect(code).toBe(0)
    expect(stdout).toContain('--label-energy <none|pairwise>')
    expect(stdout).toContain('--hidden <n,…>')
    expect(stdout).toContain('--no-careful')
    expect(stdout).toContain('--rate <n>')
    const general = await runCli(['train', '--help'])
    expect(general.stdout).toContain('linear  logistic regression')
    expect(general.stdout).not.toContain('--rate')
  })

  it('leaves no temporary file behind', async () => {
    expect((await readdir(path('.'))).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })
})

describe('wrong command lines', () => {
  it.each([
    [[], 'the option --model is missing'],
    [['--model', 'nothing'], "--model is 'nothing', expected one of linear"],
    [['--model', 'linear'], 'the option --out is missing'],
    [['--model', 'linear', '--out', 'm', '--bogus'], "unknown option '--bogus'"],
    [
      ['--model', 'linear', '--out', 'm', '--rate', 'fast'],
      "the option --rate is 'fast': expected number, received string",
    ],
    [
      ['--model', 'linear', '--out', 'm', '--label-energy', 'some'],
      "the option --label-energy is 'some': expected one of",
    ],
    [
      ['--model', 'linear', '--out', 'm', '--hidden', '3,x'],
      'the option --hidden is [3,"x"]: expected number',
    ],
    [['--model', 'linear', '--out', 'm', '--epochs', '1.5'], 'the option --epochs is 1.5: '],
    [['--model', 'linear', '--out', 'm', '--dev', '2'], 'the option --dev is 2'],
    [['--model', 'linear', '--out', 'm'], 'the option --train is missing'],
    [
      ['--model', 'linear', '--out', 'm', '--data', 'mine.arff'],
      "--data is 'mine.arff', expected one of bibtex",
    ],
    [
      ['--model', 'linear', '--out', 'm', '--config', 'missing.json'],
      'the configuration file missing.json cannot be read',
    ],
    [
      ['--model', 'linear', '--out', 'no/where/m', '--train', 'x.arff'],
      'the folder no/where is missing',
    ],
    [['--model', 'linear', '--out', '.', '--train', 'x.arff'], 'this is a folder'],
  ])('train %j ends with 2 and a hint', async (args, message) => {
    const { code, stderr, stdout } = await runCli(['train', ...args])
    expect(stderr).toContain(message)
    expect(stderr).toContain('--help')
    expect(stderr).not.toContain('    at ')
    expect(stdout).toBe('')
    expect(code).toBe(2)
  })

  it('refuses unknown keys and wrong values of a configuration file', async () => {
    const unknown = await write('unknown.json', '{"rat": 1}')
    expect((await runCli(trainArgs('x', '--config', unknown))).stderr).toContain(
      "unknown key 'rat', expected some of model, out",
    )
    const wrong = await write('wrong.json', '{"rate": "a"}')
    expect((await runCli(trainArgs('x', '--config', wrong))).stderr).toContain(
      "the option --rate in the configuration file is 'a'",
    )
    const broken = await write('broken.json', '{"rate": ')
    expect((await runCli(trainArgs('x', '--config', broken))).stderr).toContain('is no JSON')
    const list = await write('list.json', '[]')
    expect(await runCli(trainArgs('x', '--config', list))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is no JSON object'),
    })
  })

  it('names an unknown command, and answers --version', async () => {
    expect((await runCli(['tarin'])).code).toBe(2)
    expect(await runCli(['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    })
    expect((await runCli(['--help'])).stdout).toContain('predict')
  })
})
