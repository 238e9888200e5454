import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { adversarialFamily } from '@deepstruct/adversarial'
import { parseClassMask, syntheticShapes } from '@deepstruct/datasets'
import { writeClassMask, writeMask } from '@deepstruct/datasets/node'
import { dvnSegmentationFamily } from '@deepstruct/dvn'
import { loadModel } from '@deepstruct/training/node'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type CliRun, runCli } from '../../test/run-cli.ts'
import { rowOf } from '../tasks/segmentation/row-of.ts'

let folder: string
const path = (name: string): string => join(folder, name)

const small = [
  '--size',
  '24',
  '--gray',
  '--classes',
  '4',
  '--batch-size',
  '4',
  '--channels',
  '4,4',
  '--kernel-size',
  '3',
  '--discriminator-channels',
  '3,3',
  '--segmenter-epochs',
  '2',
  '--warmup-epochs',
  '1',
  '--segmenter-fine-epochs',
  '0',
]

function cli(...args: string[]): Promise<CliRun> {
  return runCli([...args, '--engine', 'cpu'], {
    families: [adversarialFamily, dvnSegmentationFamily],
  })
}

function train(model: string, ...more: string[]): Promise<CliRun> {
  const data = ['--images', path('images'), '--masks', path('masks')]
  return cli('train', '--model', model, ...data, '--out', path('m.safetensors'), ...small, ...more)
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adversarial-'))
  const { images, masks } = syntheticShapes({ seed: 1, examples: 8, size: 24 })
  for (let row = 0; row < 8; row++) {
    await writeClassMask(path(`masks/${row}.png`), rowOf(masks, row))
    await writeMask(path(`images/${row}.png`), { ...rowOf(images, row), shape: [24, 24] })
  }
})

afterAll(() => rm(folder, { recursive: true }))

it('trains on masks of several classes, and shows both stages and the view of the discriminator', async () => {
  const { code, stdout, stderr } = await train('adversarial', '--report', path('r.html'))
  expect(stderr).toContain('images of 24 × 24 pixels in gray, 4 classes')
  expect(code).toBe(0)
  expect(stdout).toContain('mean IoU of classes')
  expect(await loadModel(path('m.safetensors'))).toMatchObject({
    task: 'segmentation',
    family: 'adversarial',
    labelNames: ['0', '1', '2', '3'],
    inputs: { shape: [24, 24, 1] },
  })
  const report = await readFile(path('r.html'), 'utf8')
  for (const part of ['before the adversary', 'discriminator.loss', 'IoU of class 2'])
    expect(report).toContain(part)
})

it('evaluates and predicts classes', async () => {
  const model = ['--model-file', path('m.safetensors'), '--quiet']
  const data = ['--images', path('images'), '--masks', path('masks')]
  const evaluated = await cli('evaluate', ...model, ...data, '--json')
  expect(evaluated.code).toBe(0)
  const { iou } = JSON.parse(evaluated.stdout) as { iou: { mean: number; perClass: unknown[] } }
  expect(iou.mean).toBeGreaterThan(0)
  expect(iou.perClass).toHaveLength(4)
  const predicted = await cli('predict', ...model, '--images', path('images'), '--out', path('o'))
  expect(predicted.code).toBe(0)
  const [line] = predicted.stdout.split('\n')
  const { classes } = JSON.parse(line ?? '') as { classes: number[] }
  expect(classes.reduce((total, share) => total + share, 0)).toBeCloseTo(1, 3)
  expect(await readdir(path('o'))).toHaveLength(8)
  const mask = parseClassMask(await readFile(path('o/0.png')), { classes: 4 })
  expect(mask.shape).toEqual([24, 24, 4])
})

it('says what is wrong: a class that there is not, images too small, a negative weight, a family of one object', async () => {
  const wrong = await train('adversarial', '--classes', '2')
  expect(wrong).toMatchObject({ code: 1, stderr: expect.stringMatching(/\.png.*class 2 in row/s) })
  const tiny = await train('adversarial', '--size', '8', '--discriminator-channels', '16,32,64')
  expect(tiny).toMatchObject({ code: 1, stderr: expect.stringContaining('17 × 17 or more') })
  const negative = await train('adversarial', '--adversarial-weight', '-1')
  expect(negative.code).not.toBe(0)
  expect(negative.stderr).toMatch(/adversarial-weight.*-1/s)
  const data = ['--images', path('images'), '--masks', path('masks'), '--size', '24']
  const other = ['--gray', '--classes', '4', '--out', path('x.safetensors')]
  expect(await cli('train', '--model', 'dvn', ...data, ...other)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('dvn finds one object'),
  })
})
