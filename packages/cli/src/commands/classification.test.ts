import { crfFamily, ssvmFamily, svmFamily } from '@deepstruct/ssvm'
import { random } from '@deepstruct/tensor'
import { loadModel } from '@deepstruct/training/node'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CliRun, runCli } from '../../test/run-cli.ts'

let folder = ''
const path = (name: string): string => join(folder, name)
const cpu = ['--engine', 'cpu', '--quiet']
const kinds = ['ash', 'birch', 'cedar']

function cli(
  args: readonly string[],
  world: NonNullable<Parameters<typeof runCli>[1]> = {},
): Promise<CliRun> {
  return runCli(args, { families: [svmFamily, ssvmFamily, crfFamily], ...world })
}

/** Three kinds of points, one around each corner of a triangle. */
function points(examples: number, seed: number): string {
  const r = random(seed)
  const rows = Array.from({ length: examples }, (_, i) => {
    const k = i % 3
    return (
      [k === 1 ? 3 : 0, k === 2 ? 3 : 0]
        .map((at) => at + r.normal())
        .concat(5)
        .join() + `,${kinds[k]}`
    )
  })
  return `height,width,rings,kind\n${rows.join('\n')}\n`
}

/** Two labels that exclude each other, and one that follows the first. */
function sets(examples: number, seed: number): string {
  const r = random(seed)
  const rows = Array.from({ length: examples }, () => {
    const x = r.normal()
    const a = x + 0.3 * r.normal() > 0 ? 1 : 0
    return [x, r.normal(), a, 1 - a, a].join()
  })
  return `p,q,a,b,c\n${rows.join('\n')}\n`
}

const data = (): string[] => ['--train', path('train.csv'), '--target', 'kind']
const use = (command: string, ...more: string[]): string[] => [
  command,
  '--model-file',
  path('m.safetensors'),
  ...more,
]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepstruct-classes-'))
  await writeFile(path('train.csv'), points(120, 1))
  await writeFile(path('test.csv'), points(60, 2))
  await writeFile(path('sets.csv'), sets(120, 3))
  const out = ['--out', path('m.safetensors')]
  const { code, stderr } = await cli(['train', '--model', 'svm', ...data(), ...out, ...cpu])
  if (code !== 0) throw new Error(stderr)
})
afterAll(() => rm(folder, { recursive: true }))

describe('a support vector machine', () => {
  it('is trained to its gap, and keeps the names of the classes and no dual variables', async () => {
    const args = ['train', '--model', 'svm', '--hinge', 'weston-watkins', ...data(), ...cpu]
    const metrics = path('metrics.jsonl')
    const out = path('w.safetensors')
    const run = await cli([...args, '--out', out, '--metrics-file', metrics, '--json'])
    expect(run.code).toBe(0)
    expect(JSON.parse(run.stdout).dev.accuracy).toBeGreaterThan(0.7)
    const file = await loadModel(out)
    expect(file).toMatchObject({ task: 'classification', labelNames: kinds, inputs: { count: 3 } })
    expect(Object.keys(file.parameters as object).toSorted()).toEqual(['bias', 'weights'])
    const log = (await readFile(metrics, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const gaps = log.flatMap(({ train }) => (train?.gap === undefined ? [] : [train.gap]))
    expect(gaps.at(-1)).toBeLessThan(1e-3)
  })

  it('is measured, with a page', async () => {
    const report = path('r.html')
    const args = use('evaluate', '--data', path('test.csv'), '--target', 'kind', ...cpu)
    const { code, stdout } = await cli([...args, '--json', '--report', report])
    expect(code).toBe(0)
    const facts = JSON.parse(stdout)
    expect(facts).toMatchObject({
      family: 'svm',
      examples: 60,
      f1: [expect.any(Number), expect.any(Number), expect.any(Number)],
    })
    expect(facts.accuracy).toBeGreaterThan(0.8)
    expect(await readFile(report, 'utf8')).toContain('What is taken for what')
  })

  it('answers lines', async () => {
    const input = '{"id": "a", "x": [3, 0, 5]}\n{"x": {"1": 3, "2": 5}}\n{"x": [1]}\n'
    const { code, stdout } = await cli(use('predict', ...cpu), { stdin: [input] })
    expect(code).toBe(1)
    const [first, second, third] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(first).toMatchObject({ id: 'a', class: 'birch', scores: { birch: expect.any(Number) } })
    expect(second.class).toBe('cedar')
    expect(third.error).toContain('x has 1 numbers')
  })

  it('is described', async () => {
    const { stdout } = await cli(use('info'))
    expect(stdout).toContain('classification')
    expect(stdout).toContain('crammer-singer')
  })

  it('says what is missing or wrong', async () => {
    const missing = await cli([
      'train',
      '--model',
      'svm',
      '--train',
      path('train.csv'),
      '--out',
      path('x.safetensors'),
      ...cpu,
    ])
    expect(missing.code).not.toBe(0)
    expect(missing.stderr).toContain('--target')
    const wrong = await cli(use('evaluate', '--data', path('sets.csv'), '--target', 'a', ...cpu))
    expect(wrong.code).not.toBe(0)
    expect(wrong.stderr).toContain('sets.csv:2')
  })
})

describe('structured machines and random fields of label sets', () => {
  it.each([
    ['ssvm', ['--graph', 'full', '--loss', 'f1']],
    ['ssvm', ['--learning', 'cutting-planes']],
    ['crf', ['--crf-epochs', '15', '--rate', '0.1']],
  ])('%s %j', async (model, more) => {
    const out = path('s.safetensors')
    const args = ['train', '--model', model, '--train', path('sets.csv'), '--labels', '3', ...more]
    const run = await cli([...args, '--out', out, ...cpu, '--json'])
    expect(run.stderr).toBe('')
    expect(JSON.parse(run.stdout).dev.f1['at0.5']).toBeGreaterThan(0.7)
    expect(existsSync(`${out}.checkpoint`)).toBe(false)
    const predicted = await cli(['predict', '--model-file', out, ...cpu], {
      stdin: ['{"x": [2, 0]}\n{"x": [-2, 0]}\n'],
    })
    const [first, second] = predicted.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).labels)
    expect(first).toEqual(['a', 'c'])
    expect(second).toEqual(['b'])
  })
})
