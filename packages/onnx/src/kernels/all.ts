import { arithmeticKernels } from './arithmetic.ts'
import { convolutionKernels } from './convolution.ts'
import { elementwiseKernels } from './elementwise.ts'
import { indexingKernels } from './indexing.ts'
import type { Lowerings } from './lowering.ts'
import { matmulKernels } from './matmul.ts'
import { reductionKernels } from './reduction.ts'
import { shapeKernels } from './shape.ts'

/** Every kernel with a rule, by group. */
export const kernelGroups: Readonly<Record<string, Lowerings>> = {
  elementwise: elementwiseKernels,
  arithmetic: arithmeticKernels,
  reduction: reductionKernels,
  shape: shapeKernels,
  'matrix products': matmulKernels,
  indexing: indexingKernels,
  convolution: convolutionKernels,
}
