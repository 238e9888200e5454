import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { expect, it } from 'vitest'
import { linearFamily } from '../../test/linear-family.ts'
import { pixelFamily } from '../../test/pixel-family.ts'
import { runCli } from '../../test/run-cli.ts'
import { smallData } from '../../test/small-data.ts'

const { path } = smallData()

// The families of the demo, with logistic regression in their place: what is tested is the command.
const families = ['mlp', 'spen'].map((name) => ({
  ...linearFamily,
  name,
  settings: z.looseObject(linearFamily.settings.shape),
}))

it('compares models with both ceilings, and writes a page', async () => {
  const report = path('demo.html')
  const { code, stdout, stderr } = await runCli(['demo', '--report', report, '--engine', 'wasm'], {
    families,
  })
  expect(stderr).toContain('synthetic data: ')
  expect(code).toBe(0)
  for (const row of ['MLP', 'SPEN without label energy', 'ceiling: best of any predictor'])
    expect(stdout).toContain(row)
  const page = await readFile(report, 'utf8')
  expect(page).toContain('<svg')
  expect(page).not.toMatch(/<(script|link|img)|https?:\/\/(?!www\.w3\.org)/)
})

it('shows masks of images for the other task', async () => {
  const report = path('images.html')
  const args = ['demo', '--task', 'segmentation', '--report', report, '--engine', 'cpu', '--json']
  const images = ['fcn', 'dvn'].map((name) => ({
    ...pixelFamily,
    name,
    settings: z.looseObject(pixelFamily.settings.shape),
  }))
  const { code, stdout, stderr } = await runCli(args, { families: [...families, ...images] })
  expect(stderr).toContain('synthetic images: ')
  expect(code).toBe(0)
  const { models } = JSON.parse(stdout) as {
    models: Record<string, { iou: { mean: number } }>
  }
  expect(Object.keys(models)).toEqual(['FCN, pixels independent', 'DVN, starting at the FCN'])
  for (const { iou } of Object.values(models)) expect(iou.mean).toBeGreaterThan(0.2)
  expect(await readFile(report, 'utf8')).toContain('src="data:image/png;base64,')
})

it('refuses a report in a missing folder before it trains', async () => {
  const { code, stderr } = await runCli(['demo', '--report', path('no/demo.html')], { families })
  expect(code).toBe(2)
  expect(stderr).toContain("the option --report is '")
  expect(stderr).not.toContain('synthetic data')
})
