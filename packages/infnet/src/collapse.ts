import {
  type Device,
  DivergenceError,
  type Host,
  jit,
  max,
  min,
  sub,
  type Tensor,
} from '@deepstruct/tensor'
import type { Dataset, Labeled } from '@deepstruct/training'

/** As many examples as tell whether outputs differ. */
const MOST_EXAMPLES = 256

/** Outputs that differ by less, in every label and among all examples, are the same. */
const SMALLEST_SPREAD = 1e-3

/**
 * Refuses a network that gives all inputs the same output: it has found one low place of the energy and forgotten the input.
 *
 * @param name - the phase, for the error
 * @param answer - what the network gives for inputs, `[batch, ...shape]`
 * @returns a function that throws {@link @deepstruct/tensor!DivergenceError} for a collapsed state
 */
export function refuseCollapse<S>(
  name: string,
  answer: (state: S, x: Tensor) => Tensor,
): (state: Device<S> | Host<S>, data: Dataset<Host<Labeled>>) => Promise<void> {
  const spreadOf = jit(
    (state: S, x: Tensor) => {
      const y = answer(state, x)
      return { spread: max(sub(max(y, 0), min(y, 0))) }
    },
    { name: `${name}/spread` },
  )
  return async (state, data) => {
    const length = Math.min(MOST_EXAMPLES, data.size)
    if (length < 2) return
    const { x } = data.batch(Int32Array.from({ length }, (_, row) => row))
    const { spread } = await spreadOf(state, x)
    if ((spread.data[0] as number) >= SMALLEST_SPREAD) return
    throw new DivergenceError({
      function: name,
      argument: 'the output of the inference network',
      got: `the same for ${length} inputs`,
      expected: 'an output that depends on the input',
      why: 'it has collapsed; a stronger pull to the pretrained network or a smaller rate may help',
    })
  }
}
