import { energySolver, projectedGradient } from '@deepstruct/inference'
import type { Case } from '../case.ts'
import { inferenceWork } from '../work.ts'
import { handDerivedInference } from './hand-derived-inference.ts'
import { spenProblem } from './spen-problem.ts'

/** Thirty projected gradient steps on a SPEN, features included. */
export function spenInference(): Case {
  const settings = { steps: 30, stepSize: 0.1 }
  const { model, parameters, arrays, x } = spenProblem()
  const solve = energySolver(model, projectedGradient(settings))
  return {
    name: 'spen-inference',
    batches: [1, 32, 512],
    settings,
    arrays: { ...arrays, x: x(512) },
    comparable: true,
    work: (batch) => inferenceWork(solve, parameters, x(batch)),
    graph: (batch) => handDerivedInference(arrays, settings, x(batch)),
  }
}
