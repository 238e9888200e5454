import type { TracedSolution } from '@deepstruct/inference'
import { constant, div, ndarray, type NDArray, sub, type Tensor } from '@deepstruct/tensor'
import type { Parameters } from '@deepstruct/training'
import { solverOf } from '../../model/solver-of.ts'
import type { LabelModel } from './multilabel-problem.ts'

/** What runs at test time, for inputs as they stand in the data: it standardizes them itself. */
export function rawSolverOf(model: LabelModel): (params: Parameters, x: Tensor) => TracedSolution {
  const { standardizer } = model.problem
  const solve = solverOf(model)
  if (standardizer.kind === 'identity') return solve
  const mean = rowOf(standardizer.mean)
  // A mean is not a float32, and what it is rounded by matters where values are large and differ little.
  const rest = rowOf(standardizer.mean.map((value) => value - Math.fround(value)))
  const scale = rowOf(standardizer.scale)
  return (params, x) => {
    const centered = sub(sub(x, constant(mean)), constant(rest))
    return solve(params, div(centered, constant(scale)))
  }
}

function rowOf(values: readonly number[]): NDArray {
  return ndarray(Float32Array.from(values), [values.length])
}
