import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadModel } from '@deepstruct/training/node'
// oxlint-disable-next-line no-restricted-imports -- as a user of the file does, not as an engine
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CliRun, runCli } from '../../test/run-cli.ts'
import { wordFamily } from '../../test/word-family.ts'
import { markovSentences } from '../tasks/tagging/synthetic-sentences.ts'

let folder = ''
const path = (name: string): string => join(folder, name)
const cpu = ['--engine', 'cpu', '--quiet']

/** Sentences in columns, or in CoNLL-U with another tag set beside. */
function text(examples: number, seed: number, format: 'conll' | 'conllu' = 'conll'): string {
  return markovSentences(examples, seed)
    .map(({ tokens, tags }) =>
      tokens
        .map((token, t) =>
          format === 'conll'
            ? `${token}\t${tags[t]}\n`
            : `${t + 1}\t${token}\t_\tX\t${tags[t]}\t_\t0\troot\t_\t_\n`,
        )
        .join(''),
    )
    .join('\n')
}

function cli(
  args: readonly string[],
  world: NonNullable<Parameters<typeof runCli>[1]> = {},
): Promise<CliRun> {
  return runCli(args, { families: [wordFamily], ...world })
}

function trainArgs(out: string, ...more: string[]): string[] {
  const data = ['--task', 'tagging', '--train', path('train.conll')]
  return ['train', '--model', 'word', ...data, '--out', path(out), ...cpu, ...more]
}

const use = (command: string, ...more: string[]): string[] => [
  command,
  '--model-file',
  path('m.safetensors'),
  ...more,
]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepstruct-tags-'))
  await writeFile(path('train.conll'), text(80, 1))
  await writeFile(path('test.conll'), text(30, 2))
  await writeFile(path('train.conllu'), text(80, 1, 'conllu'))
  await cli(trainArgs('m.safetensors'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('train for tagging', () => {
  it('writes a model with its tags and vocabularies, and measures tokens', async () => {
    const { code, stdout } = await cli(trainArgs('t.safetensors', '--json'))
    expect(code).toBe(0)
    const { dev } = JSON.parse(stdout)
    expect(dev).toMatchObject({ examples: 8, f1: { A: expect.any(Number) } })
    // Half of the words tell their tag.
    expect(dev.tokenAccuracy).toBeGreaterThan(0.4)
    const file = await loadModel(path('t.safetensors'))
    expect(file).toMatchObject({
      task: 'tagging',
      labelNames: ['A', 'B', 'C', 'D', 'E', 'F'],
      inputs: { count: 5, shape: [5] },
    })
    expect(file.inputs.vocabularies?.map(({ feature }) => feature)).toEqual([
      'word',
      'suffix1',
      'suffix2',
      'suffix3',
      'shape',
    ])
    expect(file.inputs.vocabularies?.[0]?.values).toContain('any3')
  })

  it('reads CoNLL-U: the tags that are asked for', async () => {
    const data = ['--task', 'tagging', '--train', path('train.conllu'), '--epochs', '1']
    const args = ['train', '--model', 'word', ...data, '--out', path('u.safetensors'), ...cpu]
    expect((await cli([...args, '--tags', 'xpos'])).code).toBe(0)
    expect((await loadModel(path('u.safetensors'))).labelNames).toHaveLength(6)
    expect((await cli(args)).code).toBe(0)
    expect((await loadModel(path('u.safetensors'))).labelNames).toEqual(['X'])
  })

  it('starts from another model, with its vocabularies', async () => {
    const more = [
      '--init-from',
      path('m.safetensors'),
      '--dev',
      path('test.conll'),
      '--epochs',
      '1',
    ]
    expect((await cli(trainArgs('i.safetensors', ...more))).code).toBe(0)
    const [first, second] = [
      await loadModel(path('m.safetensors')),
      await loadModel(path('i.safetensors')),
    ]
    expect(second.inputs).toEqual(first.inputs)
  })

  it.each([
    [['--data', 'twitter-pos'], '--train and --data exclude each other'],
    [['--min-count', '0'], '--min-count'],
  ])('refuses %j', async (more, message) => {
    const { code, stderr } = await cli(trainArgs('r.safetensors', ...more))
    expect(code).toBe(2)
    expect(stderr).toContain(message)
  })
})

describe('models of tags', () => {
  it('are measured, with a page', async () => {
    const page = path('e.html')
    const args = use('evaluate', '--data', path('test.conll'), '--json', '--report', page, ...cpu)
    const { code, stdout } = await cli(args)
    expect(code).toBe(0)
    const facts = JSON.parse(stdout)
    expect(facts).toMatchObject({ examples: 30, unknown: { tokens: expect.any(Number) } })
    const table = await cli(use('evaluate', '--data', path('test.conll'), ...cpu))
    expect(table.stdout).toContain(facts.tokenAccuracy.toFixed(4))
    const html = await readFile(page, 'utf8')
    for (const part of ['F1 of each tag', 'taken for', 'Sentences with errors'])
      expect(html).toContain(part)
  })

  it('refuse tags that they do not know, with file and line or the sentence', async () => {
    await writeFile(path('other.conll'), 'a0\tZ\n')
    const { code, stderr } = await cli(use('evaluate', '--data', path('other.conll'), ...cpu))
    expect(code).toBe(1)
    expect(stderr).toContain('"Z"')
    await writeFile(path('bad.conll'), 'a0\tA\nb0\n')
    const bad = await cli(use('evaluate', '--data', path('bad.conll'), ...cpu))
    expect(bad.stderr).toContain('bad.conll:2')
  })

  it('tag sentences, the same ones whatever the form and the batches', async () => {
    const lines = ['a3 a4 c1\n\nany1', ' e2\nd', '7']
    const whole = await cli(use('predict', ...cpu), { stdin: lines })
    expect(whole.code).toBe(0)
    expect(whole.stdout.split('\n\n').map((part) => part.split('\n').length)).toEqual([3, 2, 1, 1])
    expect(whole.stdout).toMatch(/^a3\t[A-F]\na4\t[A-F]\nc1\t[A-F]\n\nany1\t[A-F]\n/)
    const single = await cli(use('predict', '--batch-size', '1', ...cpu), { stdin: lines })
    expect(single.stdout).toBe(whole.stdout)
    const columns = await cli(use('predict', '--format', 'conll', ...cpu), {
      stdin: [whole.stdout],
    })
    expect(columns.stdout).toBe(whole.stdout)
  })

  it('say what they are', async () => {
    const { stdout } = await cli(['info', path('m.safetensors')])
    expect(stdout).toContain('tagging')
  })

  it('are exported: ids in, tags out', async () => {
    const out = path('m.onnx')
    const exported = await cli(use('export', '--out', out))
    expect(exported.stderr).toBe('')
    expect(exported.code).toBe(0)
    const session = await InferenceSession.create(out)
    const ids = new Int32Array(2 * 64 * 5)
    ids.fill(2, 0, 10)
    ids.fill(3, 64 * 5, 64 * 5 + 5)
    const { labels, y } = await session.run({ x: new Tensor('int32', ids, [2, 64, 5]) })
    expect(labels?.dims).toEqual([2, 64])
    expect(y?.dims).toEqual([2, 64, 6])
  })
})
