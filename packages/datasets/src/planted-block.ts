import type { Random } from '@deepstruct/tensor'

/** One block of planted labels: the distribution of its labels given the input, and how inputs carry signals for it. */
export interface PlantedBlock {
  /** The number of labels. */
  readonly labels: number
  /** The name of each label. */
  readonly names: readonly string[]
  /** The joint $p(y \mid x)$ over all $2^{\text{labels}}$ states. */
  joint(x: ArrayLike<number>): Float64Array
  /** Adds to an input the signal of a random situation. */
  addSignal(x: Float32Array, source: Random): void
}

/** The share of inputs that call for an alternative. The bundle is right with nearly the probability that makes both kinds of input conflict most. */
const alternativeShare = 0.45
/** The log-odds of the bundle against the empty set, before evidence. */
const bundleLogit = -0.45
/** How far the inputs of one kind favor or forbid all alternatives, in log-odds. */
const kindStrength = 5
/** The spread of the evidence for the single alternatives, and the lead of the strongest. */
const evidenceSpread = 0.7
const evidenceLead = 0.4
/** Couplings so strong that partial bundles and pairs of alternatives hardly ever occur. */
const attraction = 3
const repulsion = 12

/**
 * A block of a bundle (the first half of the labels) and alternatives (the rest).
 *
 * @param labels - the number of labels
 * @param directions - unit vectors at right angles: the kind of input, the evidence for the bundle, and for each alternative
 */
export function plantBlock(labels: number, directions: readonly Float64Array[]): PlantedBlock {
  const bundle = Math.floor(labels / 2)
  const [kind, forBundle, ...forAlternative] = directions as [
    Float64Array,
    Float64Array,
    ...Float64Array[],
  ]
  const labelEnergy = Float64Array.from({ length: 2 ** labels }, (_, state) => {
    const members = bitCount(state & (2 ** bundle - 1))
    const alternatives = bitCount(state >> bundle)
    const pairs = (n: number): number => (n * (n - 1)) / 2
    // The bias of the members makes the whole bundle as good as none of it.
    return (
      -attraction * (pairs(members) - (members * (bundle - 1)) / 2) +
      repulsion * (pairs(alternatives) + members * alternatives)
    )
  })
  const unaries = (x: ArrayLike<number>): number[] => [
    ...Array.from({ length: bundle }, () => (bundleLogit + dot(forBundle, x)) / bundle),
    ...forAlternative.map((direction) => kindStrength * dot(kind, x) + dot(direction, x)),
  ]
  return {
    labels,
    names: [
      ...Array.from({ length: bundle }, (_, i) => `bundle${i + 1}`),
      ...forAlternative.map((_, i) => `alternative${i + 1}`),
    ],
    joint: (x) => normalized(linearScores(unaries(x)), labelEnergy),
    addSignal(x, source) {
      const isAlternative = source.uniform() < alternativeShare
      add(x, kind, isAlternative ? 1 : -1)
      if (!isAlternative) return
      const evidence = forAlternative.map(() => evidenceSpread * source.normal())
      const leader = evidence.indexOf(Math.max(...evidence))
      for (const [i, direction] of forAlternative.entries())
        add(x, direction, (evidence[i] as number) + (i === leader ? evidenceLead : 0))
    },
  }
}

/** $\sum_i u_i y_i$ of every state, each from a state with one label less. */
function linearScores(unaries: readonly number[]): Float64Array {
  const scores = new Float64Array(2 ** unaries.length)
  for (const [label, unary] of unaries.entries()) {
    const bit = 2 ** label
    for (let state = 0; state < bit; state++)
      scores[bit + state] = (scores[state] as number) + unary
  }
  return scores
}

function normalized(scores: Float64Array, energy: Float64Array): Float64Array {
  let highest = -Infinity
  for (let state = 0; state < scores.length; state++) {
    const score = (scores[state] as number) - (energy[state] as number)
    scores[state] = score
    if (score > highest) highest = score
  }
  let partition = 0
  for (let state = 0; state < scores.length; state++) {
    const weight = Math.exp((scores[state] as number) - highest)
    scores[state] = weight
    partition += weight
  }
  return scores.map((weight) => weight / partition)
}

function dot(a: Float64Array, x: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (x[i] as number)
  return sum
}

function add(x: Float32Array, direction: Float64Array, amount: number): void {
  for (let i = 0; i < x.length; i++) x[i] = (x[i] as number) + amount * (direction[i] as number)
}

function bitCount(state: number): number {
  let count = 0
  for (let rest = state; rest > 0; rest >>= 1) count += rest & 1
  return count
}
