// Loads every published package as it is built and lets each backend that this Node has differentiate one function:
// what must work on every Node version, in a few seconds, without a test runner.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { publishedPackages } from './published-packages.mjs'

const packages = publishedPackages()
for (const { specifier, built } of packages.flatMap(({ entryPoints }) => entryPoints)) {
  const exported = await import(pathToFileURL(built))
  assert.notEqual(Object.keys(exported).length, 0, `${specifier} exports nothing`)
}

const { folder } = packages.find(({ name }) => name === '@deepstruct/tensor')
const tensor = await import(pathToFileURL(join(folder, 'dist/index.js')))
const { array, eagerEngine, jit, matMul, square, sum, useEngine, valueAndGrad } = tensor

/** The loss |xw|² and its gradient 2xᵀxw, known by hand. */
const step = jit((w, x) => valueAndGrad((v) => sum(square(matMul(x, v))))(w))

async function checkBackend(backend) {
  useEngine(await eagerEngine({ backend }))
  const { value, grad } = await step(
    array([[1], [-1]]),
    array([
      [1, 2],
      [3, 5],
    ]),
  ) // xw = [-1, -2]
  assert.deepEqual([...value.data], [5])
  assert.deepEqual([...grad.data], [-14, -24])
}

for (const backend of ['wasm', 'cpu']) await checkBackend(backend)
let native = ', tensorflow'
try {
  await checkBackend('tensorflow')
} catch (error) {
  if (!(error instanceof tensor.EngineError)) throw error
  native = ' (no tensorflow: its native library is not installed)'
}
console.log(`Node ${process.version}: ${packages.length} packages; wasm, cpu${native}`)
