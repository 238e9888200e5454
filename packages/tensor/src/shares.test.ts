import { describe, expect, it } from 'vitest'
import {
  add,
  array,
  div,
  DTypeError,
  eagerEngine,
  jit,
  mul,
  onesLike,
  sum,
  sumOverShares,
  type Tensor,
} from './index.ts'
import { sharing } from './shares.ts'

describe.each(['wasm', 'cpu'] as const)('sumOverShares on %s', (backend) => {
  const mean = async (split: readonly number[]): Promise<number> => {
    const engine = await eagerEngine({ backend })
    const fn = jit(
      (x: Tensor) => {
        const totals = sumOverShares({ total: sum(x), rows: [sum(onesLike(x))] as const })
        return div(totals.total, totals.rows[0])
      },
      { split, engine },
    )
    return (await fn(array([1, 2, 6]))).data[0]!
  }

  it('gives the values themselves, as nothing is split', async () => {
    expect(await mean([0])).toBe(3)
    expect(await mean([])).toBe(3)
  })
})

describe('sumOverShares', () => {
  it('hands the same tree through where nobody shares', () => {
    const tree = { a: [], b: {} }
    expect(sumOverShares(tree)).toBe(tree)
  })

  it('gives what an engine makes of the sums, in the same tree', async () => {
    const engine = await eagerEngine({ backend: 'cpu' })
    const seen: number[] = []
    const fn = jit(
      (x: Tensor) =>
        sharing(
          (sums) => {
            seen.push(sums.length)
            return sums.map((each) => mul(each, 2))
          },
          () => sumOverShares({ b: sum(x), a: [add(x, 1)] as const }),
        ),
      { engine },
    )
    const { a, b } = await fn(array([1, 2]))
    expect([...a[0].data, ...b.data]).toEqual([4, 6, 6])
    expect(seen).toEqual([2])
    // Over when the function is.
    const tree = { a: [] }
    expect(sumOverShares(tree)).toBe(tree)
  })

  it('is over when a function throws', () => {
    const tree = { a: [] }
    expect(() =>
      sharing(
        () => [],
        () => {
          throw new TypeError('in between')
        },
      ),
    ).toThrow('in between')
    expect(sumOverShares(tree)).toBe(tree)
  })

  it('refuses what is no tensor', () => {
    const totals = (): unknown =>
      sharing(
        () => [],
        () => sumOverShares({ a: 'text' }),
      )
    expect(totals).toThrow(DTypeError)
    expect(totals).toThrow(/^sumOverShares: a/)
  })
})
