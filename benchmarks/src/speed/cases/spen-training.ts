import { logitGradient, projectedGradient } from '@deepstruct/inference'
import { endToEndPhase, ssvmPhase } from '@deepstruct/spen'
import { adam } from '@deepstruct/training'
import type { Case } from '../case.ts'
import { stepWork } from '../work.ts'
import { dropoutRates, type SpenProblem, spenProblem } from './spen-problem.ts'

const batch = 64
const all = { moves: ['features', 'output', 'label'], epochs: 1 } as const

/** A step of the structured SVM: ten cost-augmented steps, the hinge, its gradient for all parameters, Adam. */
export function ssvmStep({ dropout = false }: { readonly dropout?: boolean } = {}): Case {
  const settings = { steps: 10, stepSize: 0.1, rate: 1e-3 }
  const problem = spenProblem({ dropout })
  const { network, model, parameters, x, y } = problem
  return {
    ...shared(problem),
    name: dropout ? 'ssvm-step-dropout' : 'ssvm-step',
    settings: dropout
      ? { ...settings, dropInput: dropoutRates.input, dropHidden: dropoutRates.hidden }
      : settings,
    // Everybody draws masks of their own.
    comparable: !dropout,
    work: (rows) => {
      const phase = ssvmPhase(model, {
        ...all,
        inference: projectedGradient(settings),
        optimizer: adam({ rate: settings.rate }),
        ...(dropout && { noise: (features) => network.noise?.(features) }),
      })
      return Promise.resolve(stepWork(phase, parameters, { x: x(rows), y: y(rows) }, rows))
    },
  }
}

/** A step through unrolled inference: ten steps on logits, weighted cross-entropies of all points, the norm of the gradient bounded by 1. */
export function endToEndStep(): Case {
  const settings = { steps: 10, stepSize: 1, rate: 1e-3, clipNorm: 1 }
  const problem = spenProblem()
  const { model, parameters, x, y } = problem
  return {
    ...shared(problem),
    name: 'end-to-end-step',
    settings,
    work: (rows) => {
      const phase = endToEndPhase(model, {
        ...all,
        inference: logitGradient(settings),
        optimizer: adam({ rate: settings.rate }),
        clipNorm: settings.clipNorm,
      })
      return Promise.resolve(stepWork(phase, parameters, { x: x(rows), y: y(rows) }, rows))
    },
  }
}

function shared({ arrays, x, y }: SpenProblem): Pick<Case, 'batches' | 'arrays' | 'comparable'> {
  return { batches: [batch], arrays: { ...arrays, x: x(batch), y: y(batch) }, comparable: true }
}
