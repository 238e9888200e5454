import {
  add,
  array,
  constant,
  grad,
  gradOfRows,
  jit,
  mul,
  type NDArray,
  ndarray,
  random,
  sum,
  takeRows,
  type Tensor,
} from '@deepstruct/tensor'
import { checkGradient, oneHotStructures } from '@deepstruct/testing'
import { describe, expect, it } from 'vitest'
import { viterbi } from '../exact/viterbi.ts'
import { localEnergy } from '../spen.ts'
import type { LabelEnergy } from './label-energy.ts'
import { tagLanguageModelEnergy } from './tag-language-model-energy.ts'
import { tagPairEnergy, type TagPairParams, tagPairPotentials } from './tag-pair-energy.ts'

const [batch, length, tags] = [3, 4, 3]
const lengths = [4, 2, 1]
const mask = array(lengths.map((n) => Array.from({ length }, (_, t) => (t < n ? 1 : 0))))

/** Points of the simplex at each token, 0 beyond the end. */
function soft(seed: number): NDArray {
  const draw = random(seed)
  const tokens = lengths.flatMap((n) =>
    Array.from({ length }, (_, t) => {
      const weights = Array.from({ length: tags }, () => 0.1 + draw.uniform())
      const total = weights.reduce((left, right) => left + right)
      return weights.map((weight) => (t < n ? weight / total : 0))
    }),
  )
  return ndarray(tokens.flat(), [batch, length, tags])
}

/** A direction within the simplices: from the second tag to the first one, at tokens. */
const withinSimplices = ndarray(
  lengths.flatMap((n) => Array.from({ length }, (_, t) => (t < n ? [1, -1, 0] : [0, 0, 0])).flat()),
  [batch, length, tags],
)

/** A tree of arrays as constants of the function that is running. */
function constants(tree: unknown): unknown {
  if (typeof tree === 'object' && tree !== null && 'data' in tree) return constant(tree as NDArray)
  return Object.fromEntries(
    Object.entries(tree as object).map(([key, part]) => [key, constants(part)]),
  )
}

describe.each<{
  readonly name: string
  readonly energy: LabelEnergy
  /** One of its parameters. */
  readonly part: string
}>([
  { name: 'tagPairEnergy', energy: tagPairEnergy({ tags, ends: true }), part: 'pairs' },
  {
    name: 'tagLanguageModelEnergy',
    energy: tagLanguageModelEnergy({ tags, width: 3, units: 4 }),
    part: 'embedding',
  },
])('$name', ({ energy, part }) => {
  const params = energy.init(random(1)) as Record<string, NDArray>
  const run = jit((p: unknown, y: Tensor) => energy.energy(p, y))

  it('gives a sequence alone the energy that it has padded in a batch', async () => {
    const y = soft(2)
    const { data } = await run(params, y)
    for (const [row, n] of lengths.entries()) {
      const whole = takeRows<NDArray>(y, row, row + 1)
      const alone = ndarray(whole.data.slice(0, n * tags), [1, n, tags])
      expect((await run(params, alone)).data[0]).toBeCloseTo(data[row]!, 5)
    }
  })

  it('has the gradient at relaxed tags that differences have', async () => {
    await checkGradient(
      (free) =>
        energy.energy(
          constants(params),
          add(constant(soft(3)), mul(constant(withinSimplices), free)),
        ),
      [random(4).normals([batch, length, 1], 0, 0.05)],
    )
  })

  it('can be learned through its gradient at the tags', async () => {
    // The squared length of that gradient, differentiated by the parameters: what learning through inference takes.
    const steepness = (p: unknown, y: Tensor): Tensor => {
      const slope = gradOfRows((at: Tensor) => energy.energy(p, at))(y)
      return sum(mul(slope, slope))
    }
    const value = jit(steepness)
    const gradient = jit((p: object, y: Tensor) => ({
      found: grad((at: object) => steepness(at, y))(p) as Record<string, Tensor>,
    }))
    const { found } = await gradient(params, soft(4))
    const moved = params[part]!
    const at = async (by: number): Promise<number> => {
      const nudged = ndarray(
        Float32Array.from(moved.data, (w, i) => (i === 1 ? w + by : w)),
        moved.shape,
      )
      return (await value({ ...params, [part]: nudged }, soft(4))).data[0]!
    }
    const slope = ((await at(0.02)) - (await at(-0.02))) / 0.04
    expect(slope).not.toBe(0)
    expect(found[part]!.data[1]).toBeCloseTo(slope, 2)
  })
})

describe('tagLanguageModelEnergy', () => {
  it('makes the tag sequences of one length a distribution', async () => {
    const energy = tagLanguageModelEnergy({ tags, width: 3, units: 4 })
    const sequences = array(oneHotStructures(3, tags).map((y) => [...y]))
    const y = ndarray(sequences.data, [tags ** 3, 3, tags])
    const { data } = await jit(energy.energy)(energy.init(random(1)), y)
    expect(data.length).toBe(27)
    expect(Array.from(data, (e) => Math.exp(-e)).reduce((a, b) => a + b)).toBeCloseTo(1, 5)
  })
})

describe('tagPairPotentials', () => {
  const params = {
    pairs: random(5).normals([tags, tags]),
    start: random(6).normals([tags]),
    end: random(7).normals([tags]),
  }
  const logits = random(8).normals([batch, length, tags])
  const total = jit((p: TagPairParams, s: Tensor, y: Tensor) =>
    add(sum(localEnergy(s, y), 1), tagPairEnergy({ tags, ends: true }).energy(p, y)),
  )

  it('leads Viterbi to the least energy of all tag sequences', async () => {
    const potentials = await jit((p: TagPairParams, s: Tensor, m: Tensor) => ({
      ...tagPairPotentials(p, s, m),
    }))(params, logits, mask)
    const { y, energy } = await viterbi(potentials)
    const own = (await total(params, logits, y)).data
    for (const [row, n] of lengths.entries()) {
      expect(own[row]).toBeCloseTo(energy.data[row]!, 4)
      const structures = oneHotStructures(n, tags)
      const all = ndarray(
        structures.flatMap((one) => [...one]),
        [structures.length, n, tags],
      )
      const scores = takeRows<NDArray>(logits, row, row + 1).data.slice(0, n * tags)
      const repeated = ndarray(
        structures.flatMap(() => [...scores]),
        [structures.length, n, tags],
      )
      const { data } = await total(params, repeated, all)
      expect(energy.data[row]).toBeCloseTo(Math.min(...data), 4)
    }
  })

  it('leaves tags independent without an energy of pairs', async () => {
    const run = jit((s: Tensor, m: Tensor) => ({ ...tagPairPotentials(undefined, s, m) }))
    const { pairwise, unary } = await run(logits, mask)
    expect([...pairwise.data].every((value) => value === 0)).toBe(true)
    expect([...unary.data]).toEqual(Array.from(logits.data, (value) => -value))
  })
})
