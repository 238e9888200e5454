import { array, type NDArray } from '@deepstruct/tensor'
import { describe, expect, it } from 'vitest'
import type { Arguments } from './arguments.ts'
import type { Compiled } from './compile.ts'
import { steady } from './steady.ts'

/** A graph that only notes what was made of it. */
function graph(constants?: ReadonlyMap<number, NDArray>): Compiled & { readonly made: Compiled[] } {
  const made: Compiled[] = []
  return {
    made,
    report: { shapes: [], nodes: constants?.size ?? 0, traceMs: 0, sessionMs: 0 },
    cost: 0,
    rebuild: () => undefined,
    withConstants(given) {
      const next = graph(given)
      made.push(next)
      return next
    },
    compute: () => Promise.resolve({}),
    results: () => [],
  }
}

function call(arrays: readonly NDArray[], held: readonly boolean[]): Arguments {
  return { arrays, held, positions: [...arrays.keys()], structure: '', rebuild: () => [] }
}

const [w, v, x] = [array([1]), array([2]), array([3])]
const often = Array.from({ length: 100 })

describe('what stays the same from call to call', () => {
  it('becomes constant, whatever the rest is', () => {
    const compiled = graph()
    const find = steady(compiled)
    const found = often.map(() => find(call([w, array([0]), v], [true, false, true])))
    expect(found[0]).toBe(compiled)
    expect(compiled.made).toHaveLength(1)
    expect(found.at(-1)).toBe(compiled.made[0])
    expect(found.at(-1)!.report.nodes).toBe(2)
  })

  it('is none once an array is another one, or no longer held', () => {
    for (const other of [call([v, x], [true, false]), call([w, x], [false, false])]) {
      const compiled = graph()
      const find = steady(compiled)
      for (const _ of often) find(call([w, x], [true, false]))
      expect(find(other)).toBe(compiled)
      expect(find(call([w, x], [true, false]))).toBe(compiled)
      expect(compiled.made).toHaveLength(1)
    }
  })

  it('is none where the engine holds nothing', () => {
    const compiled = graph()
    const find = steady(compiled)
    for (const _ of often) expect(find(call([w, x], [false, false]))).toBe(compiled)
    expect(compiled.made).toHaveLength(0)
  })
})
