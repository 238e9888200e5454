import type { IterativeMinimizer } from '@deepstruct/inference'
import { z } from 'zod'
import type { OracleName } from './oracle-values.ts'
import { adversarialSampler } from './sampler/adversarial-sampler.ts'
import { inferenceSampler } from './sampler/inference-sampler.ts'
import type { SampleStart } from './sampler/start.ts'
import { truthSampler } from './sampler/truth-sampler.ts'
import { valueAscentSampler } from './sampler/value-ascent-sampler.ts'
import type { SampleShare } from './value-phase.ts'

/** What a deep value network learns from, for either task; a type and no interface, so that it counts as JSON. */
export type SampleSettings = {
  /** What outputs are worth. */
  readonly oracle: OracleName
  /** How values are regressed. */
  readonly loss: 'crossEntropy' | 'squaredError'
  /** Parts of each batch that are true outputs. */
  readonly truthSamples: number
  /** The largest share of positions of true outputs that are replaced by random numbers. */
  readonly corruption: number
  /** Parts of each batch that inference makes. */
  readonly inferenceSamples: number
  /** Whether samples stop after a random number of steps, so that the whole way is learned. */
  readonly stopAnywhere: boolean
  /** Parts of each batch that a short ascent of the value makes, as in the published code. */
  readonly ascentSamples: number
  /** Parts of each batch that an ascent of the loss makes, as in the paper. */
  readonly adversarialSamples: number
  /** Steps of either ascent. */
  readonly ascentSteps: number
  /** Where either ascent starts. */
  readonly ascentStart: SampleStart
}

/** The schema of {@link SampleSettings}, field by field, with these defaults. */
export function sampleSettings(
  defaults: SampleSettings,
): Readonly<Record<keyof SampleSettings, z.ZodType>> {
  const parts = z.int().nonnegative()
  return {
    oracle: z
      .enum(['f1', 'iou', 'hamming', 'accuracy'])
      .default(defaults.oracle)
      .describe('what outputs are worth'),
    loss: z
      .enum(['crossEntropy', 'squaredError'])
      .default(defaults.loss)
      .describe('how values are regressed'),
    truthSamples: parts
      .default(defaults.truthSamples)
      .describe('parts of a batch that are true outputs'),
    corruption: z
      .number()
      .min(0)
      .max(1)
      .default(defaults.corruption)
      .describe('largest share of their positions that random numbers replace'),
    inferenceSamples: parts
      .default(defaults.inferenceSamples)
      .describe('parts of a batch that inference makes'),
    stopAnywhere: z
      .boolean()
      .default(defaults.stopAnywhere)
      .describe('stop samples after a random number of steps'),
    ascentSamples: parts
      .default(defaults.ascentSamples)
      .describe('parts of a batch that a short ascent of the value makes'),
    adversarialSamples: parts
      .default(defaults.adversarialSamples)
      .describe('parts of a batch that an ascent of the loss makes'),
    ascentSteps: z
      .int()
      .positive()
      .default(defaults.ascentSteps)
      .describe('steps of either ascent'),
    ascentStart: z
      .enum(['initial', 'truth', 'random', 'mixed'])
      .default(defaults.ascentStart)
      .describe('where either ascent starts; mixed: at the truth or where inference starts'),
  }
}

/**
 * The samplers that the settings describe.
 *
 * @param settings - proportions, steps and starts
 * @param inference - the search of test time
 * @param ascent - the same with another number of steps
 */
export function samplesOf(
  settings: SampleSettings,
  inference: IterativeMinimizer,
  ascent: IterativeMinimizer,
): readonly SampleShare[] {
  const { corruption, stopAnywhere, ascentStart: start } = settings
  const short = { inference: ascent, start, stopAnywhere }
  return [
    { sampler: truthSampler({ corruption }), rows: settings.truthSamples },
    { sampler: inferenceSampler({ inference, stopAnywhere }), rows: settings.inferenceSamples },
    { sampler: valueAscentSampler(short), rows: settings.ascentSamples },
    { sampler: adversarialSampler(short), rows: settings.adversarialSamples },
  ].filter(({ rows }) => rows > 0)
}
