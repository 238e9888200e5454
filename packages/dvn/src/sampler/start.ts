import {
  add,
  cast,
  DomainError,
  less,
  mul,
  type NoiseSpec,
  sub,
  type Tensor,
} from '@deepstruct/tensor'
import { perRow } from './rows.ts'
import type { SampleProblem } from './sampler.ts'

/**
 * Where a sampler begins: where inference does (`initial`: at 0, or at another model's output), at the true output (`truth`), anywhere in the
 * unit box (`random`), or, each row by a fair coin, at the true output or where inference begins (`mixed`).
 */
export type SampleStart = 'initial' | 'truth' | 'random' | 'mixed'

/** The random numbers that a start wants, for outputs of this shape. */
export function startNoise(
  start: SampleStart,
  shape: readonly number[],
): { readonly start?: NoiseSpec } {
  if (start === 'random') return { start: { kind: 'uniform', shape, low: 0, high: 1 } }
  if (start === 'mixed')
    return { start: { kind: 'uniform', shape: shape.slice(0, 1), low: 0, high: 1 } }
  return {}
}

/** The points to begin at, `[batch, ...structure]`. */
export function startPoints(
  start: SampleStart,
  { domain, start: initial, truth }: SampleProblem,
  noise: { readonly start?: Tensor },
): Tensor {
  switch (start) {
    case 'initial':
      return initial
    case 'truth':
      return truth
    case 'random':
      return domain.project(drawn(noise))
    case 'mixed': {
      const heads = perRow(cast(less(drawn(noise), 0.5), 'float32'), truth)
      return add(mul(heads, truth), mul(sub(1, heads), initial))
    }
  }
}

function drawn({ start }: { readonly start?: Tensor }): Tensor {
  if (start !== undefined) return start
  throw new DomainError({
    function: 'startPoints',
    argument: 'noise',
    got: 'none',
    expected: 'the numbers that startNoise asked for',
  })
}
