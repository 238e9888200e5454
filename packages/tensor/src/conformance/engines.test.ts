import { describe } from 'vitest'
import { eagerEngine } from '../engine/eager.ts'
import { opCases } from './cases/all.ts'
import { conformance } from './suite.ts'

const backends = await Promise.all(
  (['wasm', 'cpu', 'tensorflow'] as const).map(async (backend) => ({
    backend,
    missing: await eagerEngine({ backend }).then(
      () => '',
      (error: Error) => `: ${error.message}`,
    ),
  })),
)

for (const { backend, missing } of backends)
  describe.skipIf(missing !== '')(`ops on ${backend}${missing}`, () => {
    conformance(() => eagerEngine({ backend }), opCases)
  })
