import {
  currentEngine,
  eagerEngine,
  type Engine,
  filled,
  jit,
  type NDArray,
  random,
  type Tensor,
  useEngine,
} from '@deepstruct/tensor'
import { adam, adamW, type Optimizer, sgd } from '@deepstruct/training'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { trace } from '../trace/trace.ts'
import { type Elementwise, fuse } from './fuse.ts'
import { instantiate, kernelMemory } from './instantiate.ts'

/** What an optimizer does to one array, with its parameter, gradient and slots as arrays. */
function updateOf(optimizer: Optimizer, shape: readonly number[]): Elementwise {
  const names = Object.keys(optimizer.scalars(0))
  const arrayCount = 2 + optimizer.slots.length
  const named = <T>(keys: readonly string[], values: readonly T[]): Record<string, T> =>
    Object.fromEntries(keys.map((key, i) => [key, values[i]!]))
  const fn = (tensors: readonly Tensor[]): Tensor[] => {
    const [parameter, gradient] = tensors
    const slots = named(optimizer.slots, tensors.slice(2))
    const scalars = named(names, tensors.slice(arrayCount))
    const next = optimizer.update(parameter!, gradient!, slots, scalars)
    return [next.parameter, ...optimizer.slots.map((slot) => next.slots[slot]!)]
  }
  const types = [
    ...Array.from({ length: arrayCount }, () => ({ shape, dtype: 'float32' as const })),
    ...names.map(() => ({ shape: [], dtype: 'float32' as const })),
  ]
  const program = { name: optimizer.name, fn, keep: [], donate: [], split: [] }
  const { inputs, results } = trace(program, types, (tensors) => [tensors])
  return {
    arrays: inputs.slice(0, arrayCount),
    scalars: inputs.slice(arrayCount),
    outputs: results,
  }
}

/** The parameter and the slots after these gradients, updated in place by two shards. */
function fusedTrajectory(
  optimizer: Optimizer,
  start: NDArray,
  gradients: readonly NDArray[],
): Float32Array[] {
  const size = start.data.length
  const stride = Math.ceil(size / 4) * 4
  const update = updateOf(optimizer, start.shape)
  const states = update.outputs.length
  const memory = kernelMemory(4 * (64 + (states + 1) * stride))
  const floats = new Float32Array(memory.buffer)
  const firstScalar = 32
  const [parameter, gradient, ...slots] = Array.from(update.arrays, (_, i) => 64 + i * stride)
  const scalars = update.scalars.map((_, i) => firstScalar + i)
  const table = [parameter!, gradient!, ...slots, ...scalars, parameter!, ...slots]
  new Int32Array(memory.buffer).set(table.map((address) => 4 * address))
  floats.set(start.data, parameter)
  const run = instantiate(fuse(update)!, memory)
  const half = Math.floor(size / 8) * 4
  for (const [step, g] of gradients.entries()) {
    floats.set(g.data, gradient)
    floats.set(Object.values(optimizer.scalars(step)), firstScalar)
    run(0, half, size)
    run(0, 0, half)
  }
  return [parameter!, ...slots].map((address) => floats.slice(address, address + size))
}

describe('a fused update', () => {
  let before: Engine
  beforeAll(async () => {
    before = await currentEngine()
    useEngine(await eagerEngine({ backend: 'cpu' }))
  })
  afterAll(() => useEngine(before))

  const optimizers: readonly (readonly [string, Optimizer])[] = [
    ['adam', adam({ rate: 0.05 })],
    ['adamW', adamW({ rate: (step) => 0.1 / (step + 1), weightDecay: 0.1 })],
    ['adamW of matrices', adamW({ weightDecay: 0.1, decays: 'matrices' })],
    ['sgd', sgd({ rate: 0.1 })],
    ['sgd with momentum', sgd({ rate: 0.1, momentum: 0.9 })],
    ['sgd with look-ahead', sgd({ rate: 0.1, momentum: 0.9, nesterov: true })],
  ]

  it.each(optimizers)('by %s is that of the eager engine', async (_, optimizer) => {
    const draw = random(2)
    const shape = [9, 7]
    const start = draw.normals(shape)
    const gradients = [0, 1, 2, 3].map(() => draw.normals(shape))
    const step = jit(
      (p: Tensor, g: Tensor, s: Record<string, Tensor>, scalars: Record<string, Tensor>) =>
        optimizer.update(p, g, s, scalars),
    )
    let parameter = start
    let slots = Object.fromEntries(optimizer.slots.map((slot) => [slot, filled(shape, 0)]))
    for (const [i, g] of gradients.entries())
      ({ parameter, slots } = await step(parameter, g, slots, optimizer.scalars(i)))
    const expected = [parameter, ...optimizer.slots.map((slot) => slots[slot]!)]
    const got = fusedTrajectory(optimizer, start, gradients)
    expect(got).toHaveLength(expected.length)
    for (const [i, { data }] of expected.entries())
      for (const [j, element] of data.entries())
        expect(Math.abs(got[i]![j]! - element)).toBeLessThan(1e-6)
  })

  it.each(optimizers)('by %s is one module for arrays of all sizes', (_, optimizer) => {
    const module = fuse(updateOf(optimizer, [9, 7]))
    expect(module).toBeDefined()
    expect(fuse(updateOf(optimizer, [300, 20]))).toEqual(module)
  })
})
