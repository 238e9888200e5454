import { engine } from '@tensorflow/tfjs-core'
import { add, mul } from '../ops/arithmetic.ts'
import { zerosLike } from '../ops/creation.ts'
import { differentiableTogether } from '../ops/differentiable.ts'
import { sum } from '../ops/reduction.ts'
import { offTape } from '../ops/tape.ts'
import type { Tensor } from '../ops/tensor.ts'
import type { FlatArguments, FlatResult, FlatStep } from './flat-step.ts'
import { walk } from './walk.ts'

/** A scan on the leaves of its trees, as one op with a gradient of its own. */
export function scanLeaves(step: FlatStep, given: FlatArguments, reverse: boolean): FlatResult {
  const { params, state, inputs } = given
  const [states, steps] = [state.length, params.length + state.length]
  const parts = (leaves: readonly Tensor[]): FlatArguments => ({
    params: leaves.slice(0, params.length),
    state: leaves.slice(params.length, steps),
    inputs: leaves.slice(steps, steps + inputs.length),
  })
  const leaves = [...params, ...state, ...inputs]
  const results = differentiableTogether(
    leaves,
    (save) => {
      // Without a tape nobody asks for the states on the way.
      const stored = save !== undefined
      const walked = offTape(() => walk(stored ? withStates(step) : step, given, reverse))
      const before = stored ? walked.outputs.slice(0, states) : []
      save?.([...leaves, ...before])
      return [...walked.state, ...walked.outputs.slice(before.length)]
    },
    (gradients, saved) => {
      const at = parts(saved)
      // The stored states have no history. When this gradient is to be differentiated itself, they are computed with one.
      const before = engine().isTapeOn()
        ? scanLeaves(statesOnly(step), at, reverse).outputs
        : saved.slice(leaves.length)
      return backward(step, at, before, gradients, reverse)
    },
  )
  return { state: results.slice(0, states), outputs: results.slice(states) }
}

/** A step that also gives the state before it. */
function withStates(step: FlatStep): FlatStep {
  return (params, state, input) => {
    const next = step(params, state, input)
    return { ...next, outputs: [...state, ...next.outputs] }
  }
}

function statesOnly(step: FlatStep): FlatStep {
  return (params, state, input) => ({ state: step(params, state, input).state, outputs: state })
}

/** The gradients of a walk: one at each float among its leaves. */
function backward(
  step: FlatStep,
  { params, state, inputs }: FlatArguments,
  before: readonly Tensor[],
  gradients: readonly Tensor[],
  reverse: boolean,
): readonly (Tensor | undefined)[] {
  const floats = (leaves: readonly Tensor[]): readonly number[] =>
    leaves.flatMap(({ dtype }, i) => (dtype === 'float32' ? [i] : []))
  const [weights, features] = [floats(params), floats(inputs)]
  const [states, ofInputs] = [state.length, inputs.length]
  // The state of the walk back: the gradients at the state, then the sums of those at the parameters.
  const back: FlatStep = (theta, carried, given) => {
    const atState = carried.slice(0, states)
    const sums = carried.slice(states)
    const [input, at] = [given.slice(0, ofInputs), given.slice(ofInputs, ofInputs + states)]
    const atOutputs = given.slice(ofInputs + states)
    const wanted = [
      ...at.map((leaf) => leaf.clone()),
      ...weights.map((i) => theta[i]!.clone()),
      ...features.map((i) => input[i]!.clone()),
    ]
    const [toWeights, toFeatures] = [states, states + weights.length]
    const found = gradientsAt(wanted, () => {
      const next = step(
        replaced(theta, weights, wanted.slice(toWeights, toFeatures)),
        wanted.slice(0, toWeights),
        replaced(input, features, wanted.slice(toFeatures)),
      )
      return [...next.state, ...next.outputs].map((leaf, i) =>
        sum(mul(leaf, [...atState, ...atOutputs][i]!)),
      )
    })
    return {
      state: [
        ...found.slice(0, states),
        ...sums.map((total, i) => add(total, found[toWeights + i]!)),
      ],
      outputs: found.slice(toFeatures),
    }
  }
  const walked = scanLeaves(
    back,
    {
      params,
      state: [...gradients.slice(0, states), ...weights.map((i) => zerosLike(params[i]!))],
      inputs: [...inputs, ...before, ...gradients.slice(states)],
    },
    !reverse,
  )
  const spread = (places: readonly number[], values: readonly Tensor[], count: number) =>
    Array.from({ length: count }, (_, i) => values[places.indexOf(i)])
  return [
    ...spread(weights, walked.state.slice(states), params.length),
    ...walked.state.slice(0, states),
    ...spread(features, walked.outputs, ofInputs),
  ]
}

/** The gradients of a sum of scalars. */
function gradientsAt(at: readonly Tensor[], fn: () => readonly Tensor[]): readonly Tensor[] {
  const total = (): Tensor => fn().reduce((left, right) => add(left, right))
  const { grads } = engine().gradients(total, [...at], undefined, true)
  return at.map((leaf, i) => grads[i] ?? zerosLike(leaf))
}

function replaced(
  leaves: readonly Tensor[],
  places: readonly number[],
  values: readonly Tensor[],
): readonly Tensor[] {
  return leaves.map((leaf, i) => values[places.indexOf(i)] ?? leaf)
}
