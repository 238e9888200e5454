import { dispose, engine, tidy } from '@tensorflow/tfjs-core'
import { DTypeError } from '../errors.ts'
import { scalar } from '../ops/creation.ts'
import { reshape, slice, stack } from '../ops/shape.ts'
import { abandonTape } from '../ops/tape.ts'
import type { Tensor } from '../ops/tensor.ts'
import type { FlatArguments, FlatResult, FlatStep } from './flat-step.ts'

/** Takes a walk over time over from JavaScript, or leaves it by giving nothing. */
export type ScanLowering = (
  step: (state: readonly Tensor[], input: readonly Tensor[]) => FlatResult,
  start: readonly Tensor[],
  inputs: readonly Tensor[],
  reverse: boolean,
) => FlatResult | undefined

// Those of the engines that compile right now; tracing is synchronous.
const lowerings: ScanLowering[] = []

/** Runs a function whose scans are offered to an engine that can keep them loops; for engines. */
export function lowerScans<R>(lowering: ScanLowering, fn: () => R): R {
  lowerings.push(lowering)
  try {
    return fn()
  } finally {
    lowerings.pop()
  }
}

/** Walks over time, without a gradient. */
export function walk(step: FlatStep, given: FlatArguments, reverse: boolean): FlatResult {
  const { params, state, inputs } = given
  let first = true
  const watched = (before: readonly Tensor[], input: readonly Tensor[]): FlatResult => {
    if (!first) return step(params, before, input)
    first = false
    return closed([...params, ...before, ...input], () => step(params, before, input))
  }
  const lowered = lowerings.at(-1)?.(watched, state, inputs, reverse)
  if (lowered !== undefined) return lowered
  const steps = inputs[0]!.shape[0]
  const outputs: Tensor[][] = []
  let current: readonly Tensor[] = state
  for (let i = 0; i < steps; i++) {
    const t = reverse ? steps - 1 - i : i
    const last = current
    const next = tidy(() => {
      const made = watched(
        last,
        inputs.map((input) => at(input, t)),
      )
      // An output may be the state itself, which is freed apart from it.
      return { state: [...made.state], outputs: made.outputs.map((output) => output.clone()) }
    })
    current = next.state
    outputs[t] = next.outputs
    const kept = new Set(current)
    if (i > 0) dispose(last.filter((leaf) => !kept.has(leaf)))
  }
  return {
    state: current,
    outputs: outputs[0]!.map((_, i) => stack(outputs.map((ofStep) => ofStep[i]!))),
  }
}

/** The slice of an input at a position. */
function at(input: Tensor, t: number): Tensor {
  const [, ...rest] = input.shape
  return reshape(slice(input, [t, ...rest.map(() => 0)], [1, ...rest]), rest)
}

/**
 * Runs a step and sees to it that it reads its arguments only.
 *
 * @throws {@link DTypeError} when it reads another tensor that was there before
 */
function closed(args: readonly Tensor[], step: () => FlatResult): FlatResult {
  const { state } = engine()
  const known = new Set(args.map(({ id }) => id))
  const marker = scalar(0)
  marker.dispose()
  const tape = (state.activeTape = [] as unknown as NonNullable<typeof state.activeTape>)
  state.gradientDepth++
  try {
    const result = step()
    for (const { inputs } of tape)
      for (const input of Object.values(inputs))
        if (input.id < marker.id && !known.has(input.id))
          throw new DTypeError({
            function: 'scan',
            argument: 'step',
            got: `a function that reads a tensor of shape [${input.shape.join(', ')}] from outside`,
            expected: 'a function of its arguments',
            why: 'there would be no gradient at that tensor: pass it as one of the params',
          })
    return result
  } finally {
    state.gradientDepth--
    abandonTape()
  }
}
