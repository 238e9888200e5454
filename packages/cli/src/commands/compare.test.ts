import { readdir, readFile, rm } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { linearFamily } from '../../test/linear-family.ts'
import { pixelFamily } from '../../test/pixel-family.ts'
import { runCli } from '../../test/run-cli.ts'
import { smallData } from '../../test/small-data.ts'

const { path, write } = smallData()
const families = [linearFamily, pixelFamily]

interface Rows {
  readonly rows: readonly {
    readonly name: string
    readonly family: string
    readonly seeds: number
    readonly f1?: { readonly 'at0.5': { readonly mean: number; readonly std: number } }
    readonly trainSeconds?: { readonly mean: number }
    readonly error?: string
  }[]
}

const compareArgs = (models: string, ...more: readonly string[]): string[] => [
  'compare',
  '--models',
  models,
  '--train',
  path('train.arff'),
  '--test',
  path('test.arff'),
  '--labels',
  path('labels.xml'),
  '--engine',
  'wasm',
  ...more,
]

it('compares models over seeds, in JSON and on a page', async () => {
  const settings = await write('slow.json', '{"slow": {"model": "linear", "rate": 0.001}}')
  const report = path('compare.html')
  const { code, stdout, stderr } = await runCli(
    compareArgs('linear,slow,pixel', '--settings', settings, '--report', report, '--json'),
    { families },
  )
  expect(stderr).toContain('linear, seed 2 · first 1/3')
  expect(code).toBe(0)
  const { rows } = JSON.parse(stdout) as Rows
  expect(rows.map(({ name, family, seeds }) => [name, family, seeds])).toEqual([
    ['linear', 'linear', 3],
    ['slow', 'linear', 3],
    ['pixel', 'pixel', 0],
  ])
  const [linear, slow, pixel] = rows
  expect(linear?.f1?.['at0.5'].mean).toBeGreaterThan(slow?.f1?.['at0.5'].mean ?? 1)
  expect(linear?.f1?.['at0.5'].std).toBeGreaterThanOrEqual(0)
  expect(linear?.trainSeconds?.mean).toBeGreaterThan(0)
  expect(pixel?.error).toBe('pixel serves segmentation, not multilabel')
  const page = await readFile(report, 'utf8')
  for (const text of ['Each model was trained 3 times', 'pixel serves segmentation', '<svg'])
    expect(page).toContain(text)
})

it('trains only what a folder does not hold yet', async () => {
  const out = path('kept')
  const args = compareArgs('linear', '--seeds', '2', '--out', out, '--json')
  const whole = await runCli(args)
  expect(whole.code).toBe(0)
  expect(await readdir(out)).toEqual([
    'linear-0.json',
    'linear-0.safetensors',
    'linear-1.json',
    'linear-1.safetensors',
  ])
  await rm(`${out}/linear-1.json`)
  const again = await runCli(args)
  expect(again.stderr).not.toContain('linear, seed 0')
  expect(again.stderr).toContain('linear, seed 1')
  const f1 = ({ stdout }: { readonly stdout: string }): unknown =>
    (JSON.parse(stdout) as Rows).rows[0]?.f1
  expect(f1(again)).toEqual(f1(whole))

  const other = await runCli([...args, '--epochs', '1'])
  expect(other.code).toBe(1)
  expect(other.stderr).toContain('the option --epochs is 1, expected not given')
})

it('shows what is there after an interruption', async () => {
  const report = path('stopped.html')
  const { code, stdout, stderr } = await runCli(compareArgs('linear', '--report', report), {
    onStderr: (text, interrupt) => {
      if (text.startsWith('linear, seed 1')) interrupt()
    },
  })
  expect(code).toBe(130)
  expect(stderr).toContain('with --out FOLDER finished runs are kept')
  expect(stdout).toMatch(/linear .* 1\n/)
  expect(await readFile(report, 'utf8')).toContain('it shows the 1 runs that were finished, of 3')
})

it.each([
  ['linear,linear', [], "names 'linear' twice"],
  ['other', [], "the option --models is 'other', expected some of linear"],
  ['linear', ['--seeds', '0'], 'the option --seeds is 0'],
])('refuses --models %s %j', async (models, more, message) => {
  const { code, stderr } = await runCli(compareArgs(models, ...more))
  expect(stderr).toContain(message)
  expect(code).toBe(2)
})

it('refuses settings of nobody and settings that a family does not have', async () => {
  const nobody = await write('nobody.json', '{"spen": {}}')
  const unknown = await write('unknown.json', '{"linear": {"speed": 3}}')
  const first = await runCli(compareArgs('linear', '--settings', nobody))
  expect(first.stderr).toContain("names 'spen', which --models does not")
  const second = await runCli(compareArgs('linear', '--settings', unknown))
  expect(second.stderr).toContain('speed')
  expect([first.code, second.code]).toEqual([2, 2])
})
