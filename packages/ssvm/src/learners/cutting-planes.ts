import { DomainError } from '@deepstruct/tensor'
import { relativeGap } from '../svm/svm-options.ts'
import { solveOnSimplex } from './simplex-program.ts'
import type { Memory, StructuredLearner } from './structured-learner.ts'
import { allExamples, dotWeights, type LabelWeights, zeroWeights } from './structured-problem.ts'

/**
 * One-slack cutting planes (Joachims, Finley and Yu 2009, algorithm 3): each pass searches the violators of all examples under the same
 * weights, adds the one constraint that their sum is, and solves the quadratic program over all constraints.
 *
 * Violators are searched in one batch, so it suits searches that cost much to call. Where the planes are full, the two that count least are joined in
 * proportion to their mass, which changes neither the weights nor the dual objective.
 *
 * @param planes - how many are kept; default 100
 * @throws {@link @deepstruct/tensor!DomainError} for less than 3 planes
 */
export function cuttingPlanes(planes = 100): StructuredLearner {
  if (!(Number.isInteger(planes) && planes >= 3))
    throw new DomainError({
      function: 'cuttingPlanes',
      argument: 'planes',
      got: String(planes),
      expected: 'an integer from 3 up',
    })
  const float32 = (...shape: number[]) =>
    ({
      shape,
      dtype: 'float32',
      data: new Float32Array(shape.reduce((a, b) => a * b)),
    }) as const
  return {
    name: 'cutting-planes',
    // Plane 0 is the constraint that the slack is not negative, whose normal is 0.
    start: ({ labels, edges, rows, C }) => {
      const beta = float32(planes)
      beta.data[0] = C
      return {
        normals: float32(planes, labels * rows.width + edges),
        costs: float32(planes),
        beta,
        kept: { shape: [1], dtype: 'int32', data: Int32Array.of(1) },
      }
    },
    async pass(problem, weights, memory, _, tolerance) {
      const { C } = problem
      const kept = memory['kept']!.data
      const normals = memory['normals']!.data as Float32Array
      const [costs, betas] = [memory['costs']!.data, memory['beta']!.data]
      const width = normals.length / planes
      const everyone = allExamples(problem)
      const corner = await problem.corner(weights, everyone)
      const norm = dotWeights(weights, weights)
      const losses = corner.hinges.reduce((sum, hinge) => sum + hinge, 0) + corner.excess
      const objective = norm / 2 + C * losses
      let dual = -norm / 2
      for (let k = 0; k < kept[0]!; k++) dual += betas[k]! * costs[k]!
      const gap = relativeGap(objective, dual)
      const report = { objective, dual, gap, converged: gap <= tolerance }
      if (report.converged) return report

      const added = kept[0]! < planes ? kept[0]!++ : joinLeast(normals, costs, betas)
      const normal = zeroWeights(problem)
      problem.add(normal, everyone, corner.lacks, 1)
      normals.set(normal.single, added * width)
      normals.set(normal.pairs, added * width + normal.single.length)
      costs[added] = corner.costs.reduce((sum, cost) => sum + cost, 0)

      const count = kept[0]!
      const gram = new Float64Array(count * count)
      for (let k = 1; k < count; k++)
        for (let m = 1; m <= k; m++) {
          let product = 0
          for (let i = 0; i < width; i++)
            product += normals[k * width + i]! * normals[m * width + i]!
          gram[k * count + m] = gram[m * count + k] = product
        }
      const beta = Float64Array.from(betas.subarray(0, count))
      const linear = Float64Array.from(costs.subarray(0, count))
      solveOnSimplex(gram, linear, beta, (tolerance / 10) * (objective / C))
      betas.set(beta)
      setWeights(weights, normals, betas, count)
      return report
    },
  }
}

/** Joins the two planes of least mass, but for the first one, and gives the place that is free then. */
function joinLeast(
  normals: Float32Array,
  costs: Memory[string]['data'],
  betas: Memory[string]['data'],
): number {
  const width = normals.length / betas.length
  const [least, second] = Array.from(betas.subarray(1), (_, k) => k + 1).toSorted(
    (k, m) => betas[k]! - betas[m]!,
  ) as [number, number]
  const mass = betas[least]! + betas[second]!
  if (mass > 0) {
    const share = betas[least]! / mass
    const mixed = (a: number, b: number): number => share * a + (1 - share) * b
    for (let i = 0; i < width; i++)
      normals[second * width + i] = mixed(normals[least * width + i]!, normals[second * width + i]!)
    costs[second] = mixed(costs[least]!, costs[second]!)
    betas[second] = mass
  }
  betas[least] = 0
  return least
}

function setWeights(
  { single, pairs }: LabelWeights,
  normals: Float32Array,
  betas: ArrayLike<number>,
  count: number,
): void {
  single.fill(0)
  pairs.fill(0)
  const width = single.length + pairs.length
  for (let k = 1; k < count; k++) {
    if (betas[k] === 0) continue
    for (let i = 0; i < single.length; i++) single[i]! += betas[k]! * normals[k * width + i]!
    for (let e = 0; e < pairs.length; e++)
      pairs[e]! += betas[k]! * normals[k * width + single.length + e]!
  }
}
