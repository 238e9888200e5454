import {
  add,
  DomainError,
  DTypeError,
  flatten,
  isTensor,
  mul,
  square,
  squaredDifference,
  sum,
  type Tensor,
} from '@deepstruct/tensor'
import { binaryEntropy } from './binary-entropy.ts'
import type { InferenceNetwork } from './inference-network.ts'
import { rowCrossEntropy } from './row-cross-entropy.ts'

/**
 * What keeps an inference network in bounds while it follows an energy (Tu and Gimpel 2018, section 4). Each is a weight; 0, the default,
 * leaves it out.
 */
export interface Stabilizers {
  /** Of the entropy of the outputs, summed over the labels: pushes them to 0 and 1. Published: 1. */
  readonly entropy?: number
  /** Of the cross-entropy of the outputs against the truth, summed over the labels: the network stays a classifier too. */
  readonly crossEntropy?: number
  /** Of the squared distance of the parameters to those of the pretrained network. Published: 10. */
  readonly pull?: number
  /** Of the squared norm of the parameters. */
  readonly decay?: number
}

/** What stabilizers add to the loss of each row, `[batch]`; `rows` as they are without any. */
export function stabilizedRows(
  rows: Tensor,
  { entropy = 0, crossEntropy = 0 }: Stabilizers,
  y: Tensor,
  truth: Tensor,
): Tensor {
  const decided = entropy === 0 ? rows : add(rows, mul(entropy, binaryEntropy(y)))
  return crossEntropy === 0 ? decided : add(decided, mul(crossEntropy, rowCrossEntropy(y, truth)))
}

/**
 * What stabilizers add once a step, a scalar of the state; nothing without any.
 *
 * @throws {@link @deepstruct/tensor!DomainError} for a pull toward a start that the network has forgotten
 */
export function stabilizingPenalty<S>(
  name: string,
  networks: readonly InferenceNetwork<S>[],
  { pull = 0, decay = 0 }: Stabilizers,
): ((state: S) => Tensor) | undefined {
  const terms = networks.flatMap((network): ((state: S) => Tensor)[] => [
    ...(pull === 0 ? [] : [pullOf(name, network, pull)]),
    ...(decay === 0 ? [] : [(state: S) => mul(decay, squaredNorm(network.parameters(state)))]),
  ])
  if (terms.length === 0) return undefined
  return (state) => added(terms.map((term) => term(state)))
}

function pullOf<S>(
  name: string,
  network: InferenceNetwork<S>,
  weight: number,
): (state: S) => Tensor {
  const { pretrained } = network
  if (pretrained === undefined)
    throw new DomainError({
      function: name,
      argument: 'stabilizers.pull',
      got: String(weight),
      expected: '0, or a network with pretrained parameters',
      why: 'there is nothing to be pulled to',
    })
  return (state) => mul(weight, squaredDistance(network.parameters(state), pretrained(state)))
}

/** $\lVert \Phi \rVert^2$, a scalar. */
function squaredNorm(parameters: unknown): Tensor {
  return added(leavesOf(parameters).map((array) => sum(square(array))))
}

/** $\lVert \Phi - \Phi_0 \rVert^2$, a scalar. */
function squaredDistance(parameters: unknown, start: unknown): Tensor {
  const from = leavesOf(start)
  return added(
    leavesOf(parameters).map((array, i) => sum(squaredDifference(array, from[i] as Tensor))),
  )
}

function added(parts: readonly Tensor[]): Tensor {
  return parts.reduce((total, part) => add(total, part))
}

function leavesOf(tree: unknown): readonly Tensor[] {
  return flatten(tree, isTensor, (path, value) => {
    throw new DTypeError({
      function: 'stabilizers',
      argument: path || 'parameters',
      got: typeof value,
      expected: 'tensors in lists and plain objects',
    })
  }).leaves
}
