import { eagerEngine, useEngine } from '@deepstruct/tensor'
import { beforeAll, expect, it } from 'vitest'
import { difference } from '../rows.ts'
import { spenInference } from './spen-inference.ts'

beforeAll(async () => useEngine(await eagerEngine({ backend: 'wasm' })))

it('finds what inference with gradients finds', async () => {
  const problem = spenInference()
  const found = await (await problem.graph?.(3))?.result()
  const expected = await (await problem.work(3)).result()
  expect(found).toBeDefined()
  expect(difference(found ?? [], expected)).toBeLessThan(1e-5)
  // Inference went somewhere: not all labels are where they started.
  expect(
    difference(
      expected,
      Float32Array.from(expected, () => 0.5),
    ),
  ).toBeGreaterThan(0.1)
})
