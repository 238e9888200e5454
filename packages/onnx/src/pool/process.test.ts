import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')

const preparation = `
  import { add, div, dispose, grad, jit, matMul, mul, onesLike, put, random, read, square, sub, sum, sumOverShares, tanh, useEngine } from '@deepstruct/tensor'
  import { onnxEngine } from './src/index.ts'

  const engine = await onnxEngine({ threads: 2 })
  useEngine(engine)
  const draw = random(1)
  const x = draw.normals([12, 4])
  function descent({ w }, batch) {
    const loss = (v) => sum(square(sub(matMul(batch, v), 1)))
    const { slope, rows } = sumOverShares({ slope: grad(loss)(w), rows: sum(onesLike(batch)) })
    return { state: { w: sub(w, mul(0.1, div(slope, rows))) } }
  }
  const step = jit(descent, { keep: ['state'], donate: [0], split: [1] })
  async function train(steps) {
    let state = await put({ w: draw.normals([4, 2]) })
    for (let i = 0; i < steps; i++) ({ state } = await step(state, x))
    if (!(await read(state)).w.data.every(Number.isFinite)) throw new Error('diverged')
    dispose(state)
  }
  const weights = draw.normals([500, 500], 0, 0.04)
  const many = draw.normals([1200, 500])
  const heavy = jit((rows, w) => {
    let y = rows
    for (let i = 0; i < 20; i++) y = tanh(matMul(y, w))
    return y
  }, { split: [0] })
`

let folder: string
beforeAll(() => {
  // Two folders below the package, as everything that is built, so that the file of the threads is found.
  folder = mkdtempSync(join(root, 'node_modules/.threads-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs a program in a process of its own; Node 20 cannot run the sources, so they are bundled. */
async function run(program: string): Promise<object> {
  const { build } = await import('esbuild')
  const file = join(folder, 'program.mjs')
  await build({
    stdin: { contents: preparation + program, resolveDir: root, loader: 'ts' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    conditions: ['@deepstruct/source'],
    outfile: file,
    external: ['@tensorflow/*', 'onnxruntime-*', '*.mjs'],
  })
  const { stdout, stderr, status } = spawnSync(process.execPath, [file], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 20_000,
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  return { stdout, stderr, status }
}

const silent = { stdout: '', stderr: '', status: 0 }

it.each<[string, string]>([
  ['training', `await train(10)`],
  ['prediction', `await heavy(many, weights)`],
  ['both at once', `await Promise.all([train(30), heavy(many, weights), train(30)])`],
  ['training after the engine was closed', `await train(3); await engine.close(); await train(3)`],
  ['closing the engine', `await train(3); await heavy(many, weights); await engine.close()`],
])('a program ends by itself after %s', async (_, program) => {
  expect(await run(program)).toEqual(silent)
})

it('a program waits for what workers compute', async () => {
  const program = `
    await heavy(many, weights)
    await Promise.all([train(3), heavy(many, weights)])
    console.log('done')`
  expect(await run(program)).toEqual({ ...silent, stdout: 'done\n' })
})

it.each<[string, string]>([
  ['predict', `await heavy(many, weights); void heavy(many, weights)`],
  ['train', `void train(1e9)`],
])('a program may end while workers %s', async (_, program) => {
  const end = `; setTimeout(() => process.exit(3), 20)`
  expect(await run(program + end)).toEqual({ ...silent, status: 3 })
})
