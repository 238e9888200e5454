import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { parseMask } from '@deepstruct/datasets'
import { encodeModel } from '@deepstruct/training'
import { loadModel } from '@deepstruct/training/node'
// oxlint-disable-next-line no-restricted-imports -- as a user of the file does, not as an engine
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { beforeAll, describe, expect, it } from 'vitest'
import { linearFamily } from '../../test/linear-family.ts'
import { pixelFamily } from '../../test/pixel-family.ts'
import { type CliRun, runCli } from '../../test/run-cli.ts'
import { discPng, smallImages } from '../../test/small-images.ts'

const { path, write } = smallImages()
const families = [linearFamily, pixelFamily]
const cpu = ['--engine', 'cpu', '--quiet']

function cli(
  args: readonly string[],
  world: NonNullable<Parameters<typeof runCli>[1]> = {},
): Promise<CliRun> {
  return runCli(args, { families, ...world })
}

function trainArgs(out: string, ...more: string[]): string[] {
  const data = ['--images', path('images'), '--masks', path('masks'), '--size', '8x12']
  return ['train', '--model', 'pixel', ...data, '--out', path(out), '--engine', 'cpu', ...more]
}

function onTest(...more: string[]): string[] {
  return ['--images', path('test-images'), '--masks', path('test-masks'), ...cpu, ...more]
}

beforeAll(async () => {
  await cli(trainArgs('m.safetensors', '--quiet'))
})

describe('train for segmentation', () => {
  it('writes a model of the task and the shape of its images, and measures IoU', async () => {
    const { code, stdout, stderr } = await cli(trainArgs('t.safetensors', '--json'))
    expect(stderr).toContain('22 training and 2 dev examples, images of 8 × 12 pixels in color')
    expect(code).toBe(0)
    const metrics = { iou: { mean: expect.any(Number), global: expect.any(Number) } }
    expect(JSON.parse(stdout)).toMatchObject({
      family: 'pixel',
      epochs: 8,
      dev: { examples: 2, ...metrics, atThreshold: { ...metrics, threshold: expect.any(Number) } },
    })
    expect(await loadModel(path('t.safetensors'))).toMatchObject({
      task: 'segmentation',
      family: 'pixel',
      configuration: { inferenceSteps: 6 },
      inputs: { count: 8 * 12 * 3, shape: [8, 12, 3] },
    })
  })

  it('stops, refuses another size on resuming, and resumes to the same model', async () => {
    const stopped = await cli(trainArgs('cut.safetensors'), {
      onStderr: (text, interrupt) => {
        if (text.startsWith('pixels 3/8')) interrupt()
      },
    })
    expect(stopped.code).toBe(130)
    const other = trainArgs('cut.safetensors', '--resume', '--size', '8')
    expect(await cli(other)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is 8 × 8, expected 8 × 12'),
    })
    expect((await cli(trainArgs('cut.safetensors', '--resume'))).code).toBe(0)
    expect(await loadModel(path('cut.safetensors'))).toStrictEqual(
      await loadModel(path('m.safetensors')),
    )
  })

  it('takes dev images from folders, gray images, and the batch size of the family', async () => {
    const dev = `${path('test-images')},${path('test-masks')}`
    const args = trainArgs('g.safetensors', '--dev', dev, '--gray', '--epochs', '1', '--json')
    const { code, stdout, stderr } = await cli(args, { isTTY: true })
    expect(stderr).toContain('24 training and 10 dev examples, images of 8 × 12 pixels in gray')
    // Seven images a batch are four batches.
    expect(stderr).toContain('25 %')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ dev: { examples: 10 } })
    const predicted = path('gray-masks')
    const predict = ['--images', path('test-images'), '--out', predicted, ...cpu]
    expect((await cli(['predict', '--model-file', path('g.safetensors'), ...predict])).code).toBe(0)
    expect(await readdir(predicted)).toHaveLength(10)
  })

  it('starts from another model, in its size', async () => {
    const args = ['train', '--model', 'pixel', '--images', path('images'), '--masks', path('masks')]
    const from = ['--init-from', path('m.safetensors'), '--epochs', '1', '--pixel-rate', '1e-9']
    const out = ['--out', path('i.safetensors'), '--engine', 'cpu']
    const { code, stderr } = await cli([...args, ...from, ...out])
    expect(stderr).toContain('taken pixel')
    expect(code).toBe(0)
    expect((await loadModel(path('i.safetensors'))).inputs.shape).toEqual([8, 12, 3])
    expect(await cli(trainArgs('i.safetensors', ...from, '--size', '9'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        '--init-from is a model of 8 × 12 pixels and 3 channels, but',
      ),
    })
  })

  it('refuses to start from a model of another task', async () => {
    const { format: _, ...model } = await loadModel(path('m.safetensors'))
    const labels = await write(
      'labels.safetensors',
      encodeModel({
        ...model,
        task: 'multilabel',
        family: 'linear',
        configuration: {},
        labelNames: ['a'],
        inputs: { count: 1 },
      }),
    )
    expect(await cli(trainArgs('x.safetensors', '--init-from', labels))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        '--init-from is a model of the task multilabel, but the task is segmentation',
      ),
    })
  })

  it('writes a report with pictures, steps and values', async () => {
    const { code, stderr } = await cli(
      trainArgs('r.safetensors', '--quiet', '--report', path('r.html')),
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const page = await readFile(path('r.html'), 'utf8')
    expect(page).toContain('pixels: training loss')
    expect(page).toContain('Steps of inference')
    expect(page).toContain('true against predicted value')
    expect(page.match(/src="data:image\/png;base64,/g)?.length).toBeGreaterThan(12)
    expect(page).not.toMatch(/<(script|link)|src="(?!data:)|https?:\/\/(?!www\.w3\.org)/)
  })
})

describe('which task is meant', () => {
  const both = { families: [linearFamily, { ...pixelFamily, name: 'linear' }] }
  const args = (...more: string[]): string[] => [
    ...trainArgs('b.safetensors', '--epochs', '1', '--quiet', ...more),
    '--model',
    'linear',
  ]

  it('is said by the options of the data, or by --task', async () => {
    expect((await cli(args(), both)).code).toBe(0)
    expect((await loadModel(path('b.safetensors'))).task).toBe('segmentation')
    expect((await cli(args('--task', 'segmentation'), both)).code).toBe(0)
    expect(await cli(args('--task', 'multilabel'), both)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        'the option --images is of the task segmentation, but the task is multilabel',
      ),
    })
    const config = await write('config.json', JSON.stringify({ images: path('images') }))
    const less = args().filter((word) => word !== '--images' && word !== path('images'))
    expect((await cli([...less, '--config', config], both)).code).toBe(0)
  })

  it('has to be said where nothing else does', async () => {
    const silent = ['train', '--model', 'linear', '--out', path('x.safetensors')]
    expect(await cli(silent, both)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        'the option --task is missing: linear serves multilabel, segmentation',
      ),
    })
    const help = await cli([...silent, '--help'], both)
    expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining('add --task NAME') })
    const one = await cli([...silent, '--task', 'segmentation', '--help'], both)
    expect(one.stdout).toContain('--pixel-rate')
    expect(one.stdout).toContain('For segmentation:')
    expect(one.stdout).toContain('--dev <share|file|IMAGES,MASKS>')
  })

  it('is refused where the family does not serve it', async () => {
    const task = ['train', '--model', 'pixel', '--task', 'multilabel', '--out', 'm']
    expect(await cli(task)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--task is "multilabel", expected what pixel serves: seg'),
    })
    const images = ['train', '--model', 'linear', '--images', 'a', '--out', 'm']
    expect(await cli(images)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--images is of the task segmentation, but the task is mult'),
    })
  })
})

describe('evaluate for segmentation', () => {
  it('prints IoU and pixel accuracy, at 0.5 and at the threshold', async () => {
    const report = path('e.html')
    const args = ['evaluate', '--model-file', path('m.safetensors')]
    const { code, stdout, stderr } = await cli([...args, ...onTest('--json', '--report', report)])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const facts = JSON.parse(stdout) as {
      iou: { mean: number; global: number }
      pixelAccuracy: number
    }
    expect(facts).toMatchObject({ family: 'pixel', examples: 10, meanEnergy: expect.any(Number) })
    expect(facts.iou.mean).toBeGreaterThan(0.8)
    expect(facts.iou.global).toBeGreaterThan(0.8)
    expect(facts.pixelAccuracy).toBeGreaterThan(0.9)
    expect(await readFile(report, 'utf8')).toContain('From the worst to the best')
    expect((await cli([...args, ...onTest()])).stdout).toContain('mean IoU @ 0.5')
  })
})

describe('predict for segmentation', () => {
  const predict = (...more: string[]): string[] => [
    'predict',
    '--model-file',
    path('m.safetensors'),
    ...cpu,
    ...more,
  ]

  it('writes masks of the names and sizes of the images, and tells of each', async () => {
    const out = path('new/masks')
    const io = ['--images', path('test-images'), '--out', out, '--batch-size', '4']
    const { code, stdout, stderr } = await cli(predict(...io))
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string; mask: string; object: number })
    expect(lines.map(({ id }) => id)).toEqual(
      Array.from({ length: 10 }, (_, i) => `image-${100 + i}.png`),
    )
    for (const [i, { mask, object }] of lines.entries()) {
      const found = parseMask(await readFile(mask))
      const truth = parseMask(discPng(100 + i).mask)
      expect(found.shape).toEqual(truth.shape)
      const wrong = found.data.filter((value, at) => value !== truth.data[at]).length
      expect(wrong / truth.data.length).toBeLessThan(0.2)
      expect(object).toBeGreaterThan(0)
    }
  })

  it('answers a bad file in its place and exits with 1', async () => {
    await write('mixed/1.png', discPng(1).image)
    const bad = await write('mixed/2.png', 'no picture')
    await write('mixed/10.png', discPng(3).image)
    await write('mixed/notes.txt', 'not looked at')
    const { code, stdout } = await cli(
      predict('--images', path('mixed'), '--out', path('mixed-masks')),
    )
    expect(code).toBe(1)
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(lines.map(({ id }) => id)).toEqual(['1.png', '2.png', '10.png'])
    expect(lines[1]).toEqual({ id: '2.png', error: expect.stringContaining(`${bad}: `) })
    expect((await readdir(path('mixed-masks'))).toSorted()).toEqual(['1.png', '10.png'])
  })

  it('never writes over the images', async () => {
    const before = await readFile(path('test-images/image-100.png'))
    const same = `${path('test-images')}/../test-images`
    expect(await cli(predict('--images', path('test-images'), '--out', same))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('the masks would replace the images'),
    })
    expect(await readFile(path('test-images/image-100.png'))).toEqual(before)
  })
})

describe('info and export for segmentation', () => {
  it('describes a model of masks', async () => {
    const { stdout } = await cli(['info', path('m.safetensors'), '--json'])
    const facts = JSON.parse(stdout) as Record<string, unknown>
    expect(facts).toMatchObject({ task: 'segmentation', inputShape: [8, 12, 3], parameters: 4 })
    expect(facts).not.toHaveProperty('labels')
    expect(facts).not.toHaveProperty('features')
    expect(JSON.parse((await cli(['info', '--json'])).stdout)).toMatchObject({
      families: { pixel: expect.stringContaining('(segmentation)') },
    })
  })

  it('gives a file that takes images', async () => {
    const out = path('m.onnx')
    expect((await cli(['export', path('m.safetensors'), '--out', out])).code).toBe(0)
    const session = await InferenceSession.create(await readFile(out))
    const [bright, dark] = [0.9, 0.1]
    const images = Float32Array.from({ length: 2 * 8 * 12 * 3 }, (_, i) =>
      i < 8 * 12 * 3 ? bright : dark,
    )
    const { y, labels } = await session.run({ x: new Tensor('float32', images, [2, 8, 12, 3]) })
    expect(y!.dims).toEqual([2, 8, 12])
    expect(labels!.data[0]).toBe(1)
    expect(labels!.data.at(-1)).toBe(0)
  })
})

describe('bad images', () => {
  const pair = async (folder: string, image: Uint8Array | string, mask: Uint8Array | string) => {
    const good = discPng(2)
    await write(`${folder}/images/1.png`, good.image)
    await write(`${folder}/masks/1.png`, good.mask)
    await write(`${folder}/images/2.png`, image)
    return write(`${folder}/masks/2.png`, mask)
  }
  const train = (folder: string): Promise<CliRun> =>
    cli([
      ...trainArgs('bad.safetensors'),
      '--images',
      path(`${folder}/images`),
      '--masks',
      path(`${folder}/masks`),
    ])

  it.each([
    [
      'a mask of another size',
      discPng(1).image,
      discPng(2).mask,
      'masks/2.png',
      'pixels, expected',
    ],
    ['a mask of many values', discPng(1).image, discPng(1).image, 'masks/2.png', 'black and one'],
    ['an image that is none', 'text', discPng(1).mask, 'images/2.png', 'unreadable'],
    [
      'an image that is cut off',
      discPng(1).image.slice(0, 60),
      discPng(1).mask,
      'images/2.png',
      'unreadable',
    ],
  ])('names the file of %s', async (what, image, mask, file, message) => {
    const folder = what.replaceAll(' ', '-')
    await pair(folder, image, mask)
    const { code, stderr, stdout } = await train(folder)
    expect(stderr).toContain(`error: ${path(folder)}/${file}: `)
    expect(stderr).toContain(message)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(existsSync(path('bad.safetensors'))).toBe(false)
  })

  it.each([
    [['--images', 'a'], 'the option --masks is missing'],
    [[], 'the option --images is missing'],
    [['--images', 'a', '--masks', 'b', '--size', '8by8'], "--size is '8by8'"],
    [['--images', 'a', '--masks', 'b', '--size', '0'], '--size is 0'],
    [['--images', 'a', '--masks', 'b', '--labels', 'c'], '--labels is of the task multilabel'],
    [['--data', 'horses'], "--data is 'horses', expected one of weizmann-horses"],
    [['--data', 'weizmann-horses', '--images', 'a'], '--data and --images exclude each other'],
  ])('train %j ends with 2', async (more, message) => {
    const { code, stderr } = await cli(['train', '--model', 'pixel', '--out', 'm', ...more])
    expect(stderr).toContain(message)
    expect(code).toBe(2)
  })

  it('refuses a dev option that is no pair of folders, and folders without images', async () => {
    expect(await cli(trainArgs('x.safetensors', '--dev', path('images')))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('or the folders IMAGES,MASKS'),
    })
    await mkdir(path('empty'))
    const predict = ['predict', '--model-file', path('m.safetensors'), ...cpu]
    expect(await cli([...predict, '--images', path('empty'), '--out', path('y')])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no *.png in it'),
    })
    expect(await cli([...predict, '--scores', 'all'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--scores is of the task multilabel'),
    })
    expect(await cli(predict)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('the option --images is missing'),
    })
  })

  it('refuses a model file without the shape of its images, or of another task', async () => {
    const { format: _, ...model } = await loadModel(path('m.safetensors'))
    const shapeless = await write('s.safetensors', encodeModel({ ...model, inputs: { count: 3 } }))
    expect(await cli(['export', shapeless, '--out', path('s.onnx')])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`${shapeless}: openModel: inputs.shape is missing`),
    })
    const other = await write('o.safetensors', encodeModel({ ...model, task: 'multilabel' }))
    expect(await cli(['export', other, '--out', path('s.onnx')])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("the task is 'multilabel', expected one that pixel serves"),
    })
  })
})
