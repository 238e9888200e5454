import { type Host, jit, type NDArray, random, takeRows, type Tensor } from '@deepstruct/tensor'
import {
  type Dataset,
  type Family,
  fit,
  type JsonObject,
  type Labeled,
  type Parameters,
  type Problems,
  type Snapshot,
  type Task,
} from '@deepstruct/training'
import { describe, expect, it } from 'vitest'

/** A family under test with a problem that it learns in a moment. */
export interface FamilyContract<T extends Task> {
  /** The family. */
  readonly family: Family<T>
  /** Small settings: a few epochs, a few units. The other settings are the family's defaults. */
  readonly settings: JsonObject
  /** The size of the problem. */
  readonly sizes: Problems[T]
  /** A few dozen examples. */
  readonly train: Dataset<Host<Labeled>>
  /** Held-out examples, 4 or more. */
  readonly dev: Dataset<Host<Labeled>>
  /** Rows of a batch; default 16. There must be more than two batches. */
  readonly batchSize?: number
}

/**
 * The suite that every family passes: defaults that JSON can hold, training that repeats with its seed and goes on from any snapshot
 * exactly, and outputs in the domain that do not depend on what else is in the batch. What a family learns is for its own tests.
 */
export function familyContract<T extends Task>(name: string, contract: FamilyContract<T>): void {
  const { family, sizes, train, dev, batchSize = 16 } = contract
  const parse = (given: JsonObject): JsonObject => family.settings.parse(given) as JsonObject
  const settings = parse(contract.settings)

  describe(`the contract of ${name}`, () => {
    it('has settings that JSON can hold, each with a description and a default', () => {
      const defaults = parse({})
      expect(parse(JSON.parse(JSON.stringify(defaults)) as JsonObject)).toEqual(defaults)
      expect(family.settings.safeParse({ noSuchSetting: 1 }).success).toBe(false)
      for (const [key, setting] of Object.entries(family.settings.shape))
        expect([key, (setting as { description?: string }).description]).toEqual([
          key,
          expect.stringMatching(/./),
        ])
      expect(family.learner(defaults, sizes).phases.length).toBeGreaterThan(0)
    })

    it('repeats with its seed, and goes on from a snapshot exactly', async () => {
      const learner = family.learner(settings, sizes)
      const options = { dev, seed: 3, batchSize }
      const snapshots: Snapshot<Parameters>[] = []
      const whole = await fit(learner, train, {
        ...options,
        checkpoint: {
          everySteps: 1,
          save: (snapshot) => {
            snapshots.push(snapshot)
            return Promise.resolve()
          },
        },
      })
      expect((await fit(learner, train, options)).state).toEqual(whole.state)
      expect((await fit(learner, train, { ...options, seed: 4 })).state).not.toEqual(whole.state)
      for (const [i] of learner.phases.entries()) {
        const middle = snapshots.findLast(({ phase, step }) => phase === i && step > 0)
        if (middle === undefined) continue
        const resumed = await fit(learner, train, { ...options, resume: middle })
        expect(resumed.state).toEqual(whole.state)
        expect(resumed.history.map(measured)).toEqual(whole.history.map(measured))
      }
    }, 60_000)

    it('solves each example by itself, with outputs in [0, 1]', async () => {
      const params = family.learner(settings, sizes).init(train, random(1))
      const solve = jit((state: Parameters, x: Tensor) => {
        const { y, energy } = family.solve(settings, sizes)(state, x)
        return { y, energy }
      })
      const { x, y: truth } = dev.batch([0, 1, 2, 3])
      const together = await solve(params, x)
      expect(together.y.shape).toEqual(truth.shape)
      expect(together.energy.shape).toEqual([4])
      for (const value of together.energy.data) expect(value).toSatisfy(Number.isFinite)
      for (const value of together.y.data) expect(value >= 0 && value <= 1).toBe(true)
      const alone = await solve(params, takeRows(x, 2, 4))
      const { y, energy } = takeRows(together, 2, 4)
      expectClose(alone.y, y)
      expectClose(alone.energy, energy)
    })
  })
}

/** What an epoch measured, without the time it took. */
function measured<R extends { readonly seconds: number }>(record: R): Omit<R, 'seconds'> {
  const { seconds: _, ...rest } = record
  return rest
}

function expectClose(found: NDArray, expected: NDArray): void {
  expect(found.shape).toEqual(expected.shape)
  for (const [i, value] of found.data.entries())
    expect(value).toBeCloseTo(expected.data[i] as number, 4)
}
