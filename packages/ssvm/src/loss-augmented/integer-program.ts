import {
  checkPotentials,
  type ExactInferencer,
  type ExactOptions,
  type Potentials,
  type Solution,
  tableOffsets,
} from '@deepstruct/inference'
import { DivergenceError, DomainError, type NDArray, ShapeError } from '@deepstruct/tensor'
import { loadHighs } from './load-highs.ts'

// Model statuses of HiGHS.
const [OPTIMAL, INFEASIBLE, TIME_LIMIT] = [7, 8, 13]

/** What {@link integerProgram} is asked. */
export interface IntegerProgramOptions {
  /** Demand whole states (branch and bound, the default), or solve the linear relaxation, whose outputs may be fractions. */
  readonly integer?: boolean
  /** The most seconds for one example; default 60. */
  readonly timeLimit?: number
}

/** A solution with what is proved of it. */
export interface BoundedSolution extends Solution {
  /** No assignment has an energy below this, `[batch]`. */
  readonly bound: NDArray
}

/**
 * The best states of any graph by linear programming over the local polytope (Wainwright and Jordan 2008, section 8.4), with branch and bound for
 * whole states, by HiGHS:
 *
 * $$
 * \min_\mu \sum_{i, k} u_{ik} \mu_{ik} + \sum_{(i, j), k, l} p_{ij, kl} \mu_{ij, kl}
 * \quad \text{with } \sum_k \mu_{ik} = 1, \; \sum_l \mu_{ij, kl} = \mu_{ik}, \; \sum_k \mu_{ij, kl} = \mu_{jl}
 * $$
 *
 * `steps` are 0. The time grows exponentially in the worst case; attractive pairs are solved by the relaxation alone.
 *
 * @returns an inferencer that throws {@link @deepstruct/tensor!DivergenceError} when an example is out of time, {@link @deepstruct/tensor!DomainError} when no
 * assignment is allowed, and {@link @deepstruct/tensor!ShapeError} when the parts do not fit each other
 *
 * @example
 * ```ts
 * import { integerProgram } from '@deepstruct/ssvm'
 * import { array } from '@deepstruct/tensor'
 *
 * const { energy, bound } = await integerProgram()({
 *   unary: array([[[0, -1], [0, -1], [0, -1]]]),
 *   edges: { shape: [3, 2], dtype: 'int32', data: Int32Array.of(0, 1, 1, 2, 2, 0) },
 *   pairwise: array([[[0, 0], [0, 2]]]),
 * }) // energy: [-1], bound: [-1]
 * ```
 */
export function integerProgram(
  options: IntegerProgramOptions = {},
): (...args: Parameters<ExactInferencer>) => Promise<BoundedSolution> {
  const { integer = true, timeLimit = 60 } = options
  let highs: ReturnType<typeof loadHighs> | undefined
  return async (potentials, { cost }: ExactOptions = {}) => {
    const { unary, mask } = potentials
    const { batch, variables, states, edges } = checkPotentials('integerProgram', potentials)
    if (cost !== undefined && cost.shape.join() !== unary.shape.join())
      throw new ShapeError({
        function: 'integerProgram',
        argument: 'cost',
        got: `of shape [${cost.shape.join(', ')}]`,
        expected: `[${unary.shape.join(', ')}], as potentials.unary`,
      })
    highs ??= loadHighs()
    const solver = await highs
    const program = localPolytope(potentials, variables, states)
    const singles = variables * states
    const columns = singles + edges * states * states
    const offset = tableOffsets(potentials)
    const y = new Float32Array(unary.data.length)
    const energy = new Float32Array(batch)
    const bound = new Float32Array(batch)
    for (let example = 0; example < batch; example++) {
      const counts = (variable: number): boolean =>
        mask === undefined || mask.data[example * variables + variable] !== 0
      const colCost = new Float64Array(columns)
      const colUpper = new Float64Array(columns).fill(1)
      const charge = (column: number, value: number): void => {
        if (value === Number.POSITIVE_INFINITY) colUpper[column] = 0
        else colCost[column] = value
      }
      for (let i = 0; i < variables; i++)
        if (counts(i))
          for (let k = 0; k < states; k++) {
            const at = (example * variables + i) * states + k
            charge(i * states + k, unary.data[at]! - (cost?.data[at] ?? 0))
          }
      for (let e = 0; e < edges; e++) {
        const [i, j] = [potentials.edges.data[2 * e]!, potentials.edges.data[2 * e + 1]!]
        if (counts(i) && counts(j))
          for (let entry = 0; entry < states * states; entry++)
            charge(
              singles + e * states * states + entry,
              potentials.pairwise.data[offset(example, e) + entry]!,
            )
      }
      const solved = solver.withModel(
        {
          numCols: columns,
          numRows: program.numRows,
          colCost,
          colLower: new Float64Array(columns),
          colUpper,
          rowLower: program.right,
          rowUpper: program.right,
          matrix: program.matrix,
          ...(integer && {
            integrality: Int32Array.from({ length: columns }, (_, c) => (c < singles ? 1 : 0)),
          }),
        },
        (model) => {
          model.options.set('output_flag', false)
          model.options.set('time_limit', timeLimit)
          model.options.set('mip_rel_gap', 1e-6)
          const { modelStatus } = model.run()
          return {
            modelStatus,
            values: model.getSolution().colValue,
            objective: model.getObjectiveValue(),
            below: integer ? Number(model.info.get('mip_dual_bound')) : model.getObjectiveValue(),
          }
        },
      )
      if (solved.modelStatus === INFEASIBLE)
        throw new DomainError({
          function: 'integerProgram',
          argument: `potentials of example ${example}`,
          got: 'infeasible: every assignment has an infinite energy',
          expected: 'at least one assignment of finite energy',
        })
      if (solved.modelStatus !== OPTIMAL)
        throw new DivergenceError({
          function: 'integerProgram',
          argument: `example ${example}`,
          got:
            solved.modelStatus === TIME_LIMIT
              ? `unsolved after ${timeLimit} s`
              : `unsolved (HiGHS status ${solved.modelStatus})`,
          expected: 'an optimum',
          why: 'a longer timeLimit, integer: false, or a gradient-based minimizer may serve',
        })
      for (let i = 0; i < variables; i++)
        if (counts(i))
          for (let k = 0; k < states; k++) {
            const value = solved.values[i * states + k]!
            y[(example * variables + i) * states + k] = integer ? Number(value > 0.5) : value
          }
      energy[example] = solved.objective
      bound[example] = solved.below
    }
    const perExample = (data: Float32Array): NDArray => ({ shape: [batch], dtype: 'float32', data })
    return {
      y: { shape: unary.shape, dtype: 'float32', data: y },
      energy: perExample(energy),
      bound: perExample(bound),
      steps: { shape: [batch], dtype: 'int32', data: new Int32Array(batch) },
      status: Array.from({ length: batch }, () => 'converged'),
    }
  }
}

/** The constraints of the local polytope, row by row. */
function localPolytope(
  { edges }: Potentials<NDArray>,
  variables: number,
  states: number,
): {
  readonly numRows: number
  readonly right: Float64Array
  readonly matrix: {
    readonly format: 'csr'
    readonly numRows: number
    readonly numCols: number
    readonly starts: Int32Array
    readonly indices: Int32Array
    readonly values: Float64Array
  }
} {
  const count = edges.shape[0]!
  const starts = [0]
  const indices: number[] = []
  const values: number[] = []
  const right: number[] = []
  const row = (
    entries: readonly (readonly [column: number, value: number])[],
    equals: number,
  ): void => {
    for (const [column, value] of entries) {
      indices.push(column)
      values.push(value)
    }
    starts.push(indices.length)
    right.push(equals)
  }
  const each = Array.from({ length: states }, (_, k) => k)
  for (let i = 0; i < variables; i++)
    row(
      each.map((k) => [i * states + k, 1]),
      1,
    )
  for (let e = 0; e < count; e++) {
    const pair = (k: number, l: number): number =>
      variables * states + (e * states + k) * states + l
    const [i, j] = [edges.data[2 * e]!, edges.data[2 * e + 1]!]
    for (const k of each) {
      row([...each.map((l) => [pair(k, l), 1] as const), [i * states + k, -1]], 0)
      row([...each.map((l) => [pair(l, k), 1] as const), [j * states + k, -1]], 0)
    }
  }
  const numRows = right.length
  return {
    numRows,
    right: Float64Array.from(right),
    matrix: {
      format: 'csr',
      numRows,
      numCols: variables * states + count * states * states,
      starts: Int32Array.from(starts),
      indices: Int32Array.from(indices),
      values: Float64Array.from(values),
    },
  }
}
