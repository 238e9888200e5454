import { predictor } from '@deepstruct/inference'
import { mlpFamily } from '@deepstruct/feedforward'
import { spenFamily } from '@deepstruct/spen'
import { DomainError, eagerEngine, random, useEngine } from '@deepstruct/tensor'
import type { Family } from '@deepstruct/training'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exportPredictor } from '../node/export-predictor.ts'

const python = process.env['PYTHON'] ?? 'python3'

/** Reads {"file", "x", "shape"} on stdin, and writes what the file says of itself and computes. */
const program = `
import json, sys
import numpy, onnxruntime
asked = json.load(sys.stdin)
session = onnxruntime.InferenceSession(asked["file"], providers=["CPUExecutionProvider"])
x = numpy.array(asked["x"], numpy.float32).reshape(asked["shape"])
names = [output.name for output in session.get_outputs()]
computed = dict(zip(names, session.run(None, {session.get_inputs()[0].name: x})))
meta = session.get_modelmeta()
json.dump({
  "runtime": onnxruntime.__version__,
  "inputs": [[i.name, i.type, i.shape] for i in session.get_inputs()],
  "outputs": [[o.name, o.type, o.shape] for o in session.get_outputs()],
  "producer": meta.producer_name,
  "metadata": meta.custom_metadata_map,
  "computed": {name: value.ravel().tolist() for name, value in computed.items()},
}, sys.stdout)
`

interface Answer {
  readonly runtime: string
  readonly inputs: unknown
  readonly outputs: unknown
  readonly producer: string
  readonly metadata: Readonly<Record<string, string>>
  readonly computed: Readonly<Record<string, readonly number[]>>
}

const found = spawnSync(python, ['-c', 'import numpy, onnxruntime'])
const missing =
  found.status === 0 ? '' : `: skipped, ${python} with numpy and onnxruntime is not here`

const sizes = { inputs: 40, labels: 12 }
const labels = Array.from({ length: sizes.labels }, (_, i) => `label ${i}: "ä"`)

/** An untrained model of a family. */
function modelOf(family: Family<'multilabel'>, settings: object) {
  const configuration = family.settings.parse({ hidden: [20], ...settings }) as never
  return predictor({
    solve: family.solve(configuration, sizes),
    params: family.learner(configuration, sizes).init(undefined as never, random(3)),
    labels,
    threshold: 0.3,
  })
}

let folder = ''
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'deepstruct-onnx-'))
  useEngine(await eagerEngine({ backend: 'cpu' }))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe.skipIf(missing !== '')(`an exported file in Python${missing}`, () => {
  it.each([
    ['mlp', 0, modelOf(mlpFamily, {})],
    ['spen', 30, modelOf(spenFamily, { inferenceSteps: 30 })],
    ['spen-end-to-end', 30, modelOf(spenFamily, { inferenceSteps: 30, learning: 'end-to-end' })],
    ['spen-loop', 300, modelOf(spenFamily, { inferenceSteps: 300, activation: 'softplus' })],
  ] as const)(
    'computes what predict does: %s',
    async (name, steps, model) => {
      // Each step of many rounds y once, here and there, by up to 2^-25.
      const tolerance = Math.max(1e-5, steps * 2 ** -24)
      const file = join(folder, `${name}.onnx`)
      const options = { x: { shape: [1, sizes.inputs] }, createdBy: '1.2.3' }
      await exportPredictor(model, file, { ...options, metadata: { family: name } })
      for (const rows of [1, 3, 17]) {
        const x = random(rows).normals([rows, sizes.inputs])
        const asked = JSON.stringify({ file, x: [...x.data], shape: x.shape })
        const { stdout, stderr, status } = spawnSync(python, ['-c', program], { input: asked })
        expect({ status, stderr: String(stderr) }).toEqual({ status: 0, stderr: '' })
        const answer = JSON.parse(String(stdout)) as Answer
        const solution = await model.predict(x)
        const worst = Math.max(
          distance(answer.computed['y']!, solution.y.data),
          distance(answer.computed['energy']!, solution.energy.data),
        )
        console.log(`${name}, ${rows} rows, onnxruntime ${answer.runtime}: differs by ${worst}`)
        expect(worst).toBeLessThan(tolerance)
        const statuses = JSON.parse(answer.metadata['statuses']!) as readonly string[]
        expect(answer.computed['status']!.map((code) => statuses[code])).toEqual(solution.status)
        expect(answer.inputs).toEqual([['x', 'tensor(float)', ['batch', sizes.inputs]]])
        expect(answer.outputs).toEqual([
          ['y', 'tensor(float)', ['batch', sizes.labels]],
          ['energy', 'tensor(float)', ['batch']],
          ['steps', 'tensor(int32)', ['batch']],
          ['status', 'tensor(int32)', ['batch']],
        ])
        expect(answer.producer).toBe('deepstruct')
        expect(answer.metadata).toMatchObject({
          family: name,
          threshold: '0.3',
          producer: 'deepstruct 1.2.3',
        })
        expect(JSON.parse(answer.metadata['labels']!)).toEqual(labels)
        expect(Object.keys(JSON.parse(answer.metadata['outputs']!) as object)).toEqual(
          Object.keys(answer.computed),
        )
      }
    },
    60_000,
  )
})

describe('exportPredictor', () => {
  const model = modelOf(mlpFamily, {})

  it('writes whole files or none', async () => {
    const own = mkdtempSync(join(folder, 'own-'))
    const file = join(own, 'm.onnx')
    const options = { x: { shape: [1, sizes.inputs] } }
    expect(await exportPredictor(model, file, options)).toBeGreaterThan(1000)
    const refused = exportPredictor(model, join(own, 'other.onnx'), { ...options, batch: 0 })
    await expect(refused).rejects.toBeInstanceOf(DomainError)
    expect(readdirSync(own)).toEqual(['m.onnx'])
    await expect(exportPredictor(model, join(own, 'no/m.onnx'), options)).rejects.toThrow(
      'path is missing',
    )
  })
})

function distance(a: readonly number[], b: ArrayLike<number>): number {
  expect(a).toHaveLength(b.length)
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i]!)), 0)
}
