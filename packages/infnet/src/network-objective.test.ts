import {
  array,
  eagerEngine,
  jit,
  sum,
  type Tensor,
  useEngine,
  valueAndGrad,
} from '@deepstruct/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import { networkObjective, type NetworkObjective } from './network-objective.ts'

beforeAll(async () => useEngine(await eagerEngine({ backend: 'cpu' })))

describe('networkObjective', () => {
  const at = (objective: NetworkObjective) =>
    jit((violated: Tensor) =>
      valueAndGrad((v: Tensor) => ({
        value: sum(networkObjective(objective, v)),
        aux: networkObjective(objective, v),
      }))(violated),
    )(array([-5, 1, 4.5]))

  it('follows the loss, or its inside, up', async () => {
    expect([...(await at('hinge')).aux.data].map((value) => value + 0)).toEqual([0, -1, -4.5])
    expect([...(await at('untruncated')).aux.data]).toEqual([5, -1, -4.5])
    expect([...(await at('printed')).aux.data]).toEqual([5, 0, 0])
  })

  it('has gradients where the hinge is active, everywhere, or, as printed, where it is not', async () => {
    const slopes = async (objective: NetworkObjective): Promise<number[]> =>
      [...(await at(objective)).grad.data].map((slope) => slope + 0)
    expect(await slopes('hinge')).toEqual([0, -1, -1])
    expect(await slopes('untruncated')).toEqual([-1, -1, -1])
    expect(await slopes('printed')).toEqual([-1, 0, 0])
  })
})
