import { DTypeError, ShapeError } from '../errors.ts'
import { notATensor } from '../gradient.ts'
import { isTensor, type Tensor } from '../ops/tensor.ts'
import { type Flattened, flatten } from '../tree.ts'
import type { FlatStep } from './flat-step.ts'
import { scanLeaves } from './scan-leaves.ts'

/** What a {@link scan} is given. */
export interface ScanArguments<P, S, X> {
  /** What every step reads: a tree, for instance of weights. */
  readonly params: P
  /** The state before the first step: a tree of float32 tensors. */
  readonly state: S
  /** What the steps read in turn: a tree of tensors `[time, ...]`, of at least one step. */
  readonly inputs: X
  /** Whether to begin at the last position; default `false`. */
  readonly reverse?: boolean
}

/** What one step of a {@link scan} gives. */
export interface ScanStep<S, Y> {
  /** The state of the next step, of the same structure and shapes. */
  readonly state: S
  /** What the step gives beside it: a tree of float32 tensors. */
  readonly output: Y
}

/** What a {@link scan} gives. */
export interface Scanned<S, Y> {
  /** The state after the last step. */
  readonly state: S
  /** The outputs of all steps, each tensor `[time, ...]`; the one of a position lies there, in which direction ever it was reached. */
  readonly outputs: Y
}

/**
 * Walks over time: $(s_t, y_t) = \text{step}(\theta, s_{t-1}, x_t)$, a recurrent network.
 *
 * The gradient is a second walk, backward over the stored states, in which each step is computed once more; it is again a scan, so that it can
 * be differentiated too. A compiling engine keeps either walk one loop.
 *
 * The step is a pure function of its arguments. It must not read tensors from outside, for which there would be no gradient; what it needs is
 * passed as `params`.
 *
 * @param step - one step; it sees the inputs without their time axis
 * @throws {@link ShapeError} when the inputs differ in their length or have none, or a step changes the shape of the state
 * @throws {@link DTypeError} when a state or an output is not float32, or the step reads a tensor from outside
 *
 * @example
 * ```ts
 * import { add, array, jit, mul, scan, type Tensor } from '@deepstruct/tensor'
 *
 * // Running sums that decay by half.
 * const decay = jit((decayed: Tensor, x: Tensor) =>
 *   scan(
 *     (rate: Tensor, sum: Tensor, input: Tensor) => {
 *       const next = add(mul(rate, sum), input)
 *       return { state: next, output: next }
 *     },
 *     { params: decayed, state: mul(decayed, 0), inputs: x },
 *   ).outputs,
 * )
 * await decay(0.5, array([1, 1, 1])) // [1, 1.5, 1.75]
 * ```
 */
export function scan<P extends object, S extends object, X extends object, Y extends object>(
  step: (params: P, state: S, input: X) => ScanStep<S, Y>,
  { params, state, inputs, reverse = false }: ScanArguments<P, S, X>,
): Scanned<S, Y> {
  const theta = taken(params, 'params')
  const start = taken(state, 'state')
  const given = taken(inputs, 'inputs')
  const steps = given.leaves[0]?.shape[0] ?? 0
  for (const [i, leaf] of given.leaves.entries())
    if (leaf.rank < 1 || leaf.shape[0] !== steps)
      throw new ShapeError({
        function: 'scan',
        argument: given.paths[i] || 'inputs',
        got: `of shape [${leaf.shape.join(', ')}]`,
        expected: `[${steps}, ...], as the first input`,
      })
  if (steps === 0)
    throw new ShapeError({
      function: 'scan',
      argument: 'inputs',
      got: given.leaves.length === 0 ? 'without a tensor' : 'of length 0',
      expected: 'at least one step',
    })
  demandFloats('state', start)
  let outputs: Flattened<Tensor> | undefined
  const flatStep: FlatStep = (parameters, before, input) => {
    const result = step(
      theta.rebuild(parameters) as P,
      start.rebuild(before) as S,
      given.rebuild(input) as X,
    )
    const next = taken(result.state, 'the state of a step')
    outputs = taken(result.output, 'the output of a step')
    demandFloats('the output of a step', outputs)
    checkState(start, next)
    return { state: next.leaves, outputs: outputs.leaves }
  }
  const walked = scanLeaves(
    flatStep,
    { params: theta.leaves, state: start.leaves, inputs: given.leaves },
    reverse,
  )
  return {
    state: start.rebuild(walked.state) as S,
    outputs: outputs!.rebuild(walked.outputs) as Y,
  }
}

function taken(tree: object, argument: string): Flattened<Tensor> {
  return flatten(tree, isTensor, (path, value) =>
    notATensor('scan')(path === '' ? argument : `${argument}.${path}`, value),
  )
}

function demandFloats(argument: string, { leaves, paths }: Flattened<Tensor>): void {
  for (const [i, { dtype }] of leaves.entries())
    if (dtype !== 'float32')
      throw new DTypeError({
        function: 'scan',
        argument: paths[i] ? `${argument}.${paths[i]}` : argument,
        got: dtype,
        expected: 'float32',
      })
}

function checkState(start: Flattened<Tensor>, next: Flattened<Tensor>): void {
  demandFloats('the state of a step', next)
  const described = ({ leaves, paths }: Flattened<Tensor>): string =>
    leaves.map(({ shape }, i) => `${paths[i]}[${shape.join(', ')}]`).join(' ')
  if (described(next) !== described(start))
    throw new ShapeError({
      function: 'scan',
      argument: 'the state of a step',
      got: described(next),
      expected: `${described(start)}, as the state before it`,
    })
}
