import { type NDArray, sizeOf } from '@deepstruct/tensor'
import type { ComputedProduct } from '../arguments.ts'
import type { SharedMemory } from '../pool/shared-memory.ts'
import type { UpdatePlan } from '../split/update-plan.ts'
import { sparseProductKernel } from './product-kernel.ts'
import { kernelOperands, writeWords } from './shared-operands.ts'
import { transposed } from './sparse-matrix.ts'

/**
 * The gradient $A^\top D$ of a product with a matrix $A$ that is mostly zero: when all workers have computed their rows of $D$, each computes some
 * rows of the gradient.
 */
export interface SpreadGradient {
  /** Which of the sums over rows it is. */
  readonly sum: number
  /** Of which product. */
  readonly product: number
  /** Its extents. */
  readonly shape: readonly [features: number, columns: number]
}

/** What a kernel reads: $A^\top$ in three parts, and $D$. */
const parts = ['offsets', 'addresses', 'values', 'rows'] as const
/** One of them. */
export type SpreadPart = (typeof parts)[number]

/** A plan that begins with these gradients. */
export function withSpreading(plan: UpdatePlan, gradients: readonly SpreadGradient[]): UpdatePlan {
  if (gradients.length === 0) return plan
  const { kernels, stages } = plan
  const stage = gradients.map(({ sum, shape: [features] }, gradient) => ({
    kernel: kernels.length + gradient,
    places: [
      ...parts.map((part) => ({ kind: 'spread', gradient, part }) as const),
      { kind: 'sum', sum, worker: 0 } as const,
    ],
    elements: features,
    everywhere: false,
  }))
  const modules = gradients.map(({ shape: [, columns] }) => sparseProductKernel(columns))
  return { ...plan, kernels: [...kernels, ...modules], stages: [stage, ...stages] }
}

/** What the kernels of gradients read, in shared memory. */
export interface SpreadDesk {
  /**
   * Writes the matrices of a call, and makes room for its rows.
   *
   * @returns whether anything is at another place than before
   */
  prepare(products: readonly ComputedProduct[]): boolean
  /** The byte address of a part. */
  addressOf(gradient: number, part: SpreadPart): number
  /** Frees the memory. */
  free(): void
}

/** Makes room for gradients as they need it. */
export function spreadDesk(gradients: readonly SpreadGradient[], shared: SharedMemory): SpreadDesk {
  const places = gradients.map(() => new Map<SpreadPart, NDArray>())
  /** A block of at least so many words. */
  const room = (gradient: number, part: SpreadPart, words: number): NDArray | undefined => {
    const before = places[gradient]!.get(part)
    if (before !== undefined && sizeOf(before.shape) >= words) return undefined
    const block = shared.array([Math.ceil(1.25 * words)])
    shared.retain([block])
    if (before !== undefined) shared.release([before])
    places[gradient]!.set(part, block)
    return block
  }
  return {
    prepare(products) {
      let moved = false
      for (const [i, { product, shape }] of gradients.entries()) {
        const { matrix } = products[product]!
        const [rows, columns] = [matrix.offsets.length - 1, shape[1]]
        const operands = kernelOperands(transposed(matrix), columns)
        for (const [k, words] of operands.entries()) {
          moved = room(i, parts[k]!, words.length) !== undefined || moved
          writeWords(places[i]!.get(parts[k]!)!, words)
        }
        moved = room(i, 'rows', rows * columns) !== undefined || moved
      }
      return moved
    },
    addressOf: (gradient, part) => shared.addressOf(places[gradient]!.get(part)!)!,
    free() {
      shared.release(places.flatMap((blocks) => [...blocks.values()]))
    },
  }
}
