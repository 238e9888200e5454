import type { Case } from '../case.ts'
import { adversarialStep } from './adversarial-step.ts'
import { bibtexEpoch } from './bibtex-epoch.ts'
import { convolutionInference, convolutionStep } from './convolution.ts'
import { dvnInference } from './dvn-inference.ts'
import { spenInference } from './spen-inference.ts'
import { endToEndStep, ssvmStep } from './spen-training.ts'

/** All cases by name; drawn when they are asked for. */
export function cases(
  dataDir: string | undefined,
): Readonly<Record<string, () => Case | Promise<Case>>> {
  return {
    'spen-inference': spenInference,
    'ssvm-step': ssvmStep,
    'ssvm-step-dropout': () => ssvmStep({ dropout: true }),
    'end-to-end-step': endToEndStep,
    'dvn-inference': dvnInference,
    'convolution-inference': convolutionInference,
    'convolution-step': convolutionStep,
    'adversarial-step': adversarialStep,
    'bibtex-epoch': () => bibtexEpoch(dataDir),
  }
}
