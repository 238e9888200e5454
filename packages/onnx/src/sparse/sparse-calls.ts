import type { NDArray, Program } from '@deepstruct/tensor'
import type { Arguments, ComputedProduct } from '../arguments.ts'
import { instantiate, type RunKernel } from '../fused/instantiate.ts'
import { copy } from '../held.ts'
import type { SharedMemory } from '../pool/shared-memory.ts'
import { trace } from '../trace/trace.ts'
import { sparseProductKernel } from './product-kernel.ts'
import { kernelOperands, shareWords } from './shared-operands.ts'
import { isMostlyZero, sparse, type SparseMatrix } from './sparse-matrix.ts'
import { type SparseProduct, sparseProducts } from './sparse-products.ts'

/** Computes products of matrices that are mostly zero, before the graph of a training step is run on the rest. */
export interface SparseCalls {
  /** The call with such products as further arguments, or as it is. */
  withProducts(program: Program, call: Arguments): Arguments
}

/**
 * Rows that are mostly zero, as those of bags of words are: their product with a matrix that the engine holds, and its gradient, take as long as they
 * have other elements. A training step of 64 rows of 1836 features, of which 68 are not zero, takes 1.25 ms in place of 1.59 on two threads: neither
 * the matrix nor its gradient passes through ONNX Runtime.
 *
 * Where an element is zero its product counts as zero, also if the other factor is infinite or not a number.
 */
export function sparseCalls(shared: SharedMemory): SparseCalls {
  const known = new WeakMap<Program, Map<string, readonly SparseProduct[]>>()
  const held = heldMatrices(shared)
  const kernels = new Map<number, RunKernel>()
  const kernelOf = (columns: number): RunKernel => {
    let kernel = kernels.get(columns)
    if (kernel === undefined)
      kernels.set(columns, (kernel = instantiate(sparseProductKernel(columns), shared.memory)))
    return kernel
  }

  const productsOf = (
    program: Program,
    call: Arguments,
    wide: readonly number[],
  ): readonly SparseProduct[] => {
    let found = known.get(program)
    if (found === undefined) known.set(program, (found = new Map()))
    const key = `${call.structure}|${wide.join()}`
    let products = found.get(key)
    if (products === undefined) found.set(key, (products = productsIn(program, call, wide)))
    return products
  }

  const product = (matrix: SparseMatrix, dense: NDArray): NDArray => {
    const [rows, columns] = [matrix.offsets.length - 1, dense.shape[1]!]
    const blocks: NDArray[] = []
    const address = (block: NDArray): number => {
      blocks.push(block)
      return shared.addressOf(block)!
    }
    try {
      const operands = kernelOperands(matrix, columns).map((words) =>
        address(shareWords(shared, words)),
      )
      const result = shared.array([rows, columns])
      const places = [...operands, shared.addressOf(dense)!, address(result)]
      kernelOf(columns)(address(shareWords(shared, Int32Array.from(places))), 0, rows)
      return copy(result)
    } finally {
      shared.sweep(blocks)
    }
  }

  return {
    withProducts(program, call) {
      // A training step keeps its state here. Nothing else has such gradients, and is not held up by the search for them.
      if (program.keep.length === 0) return call
      const wide = [...call.arrays.keys()].filter(
        (i) =>
          program.split.includes(call.positions[i]!) &&
          call.held[i] !== true &&
          isMostlyZero(call.arrays[i]!),
      )
      if (wide.length === 0) return call
      const products = productsOf(program, call, wide).filter(({ dense }) => call.held[dense])
      if (products.length === 0) return call
      const computed = products.map((each): ComputedProduct => {
        const factor = each.factor === undefined ? undefined : call.arrays[each.factor]
        return { ...each, matrix: sparse(call.arrays[each.sparse]!, factor) }
      })
      const arrays = computed.map(({ matrix, dense }) => product(matrix, held(call.arrays[dense]!)))
      return {
        ...call,
        arrays: [...call.arrays, ...arrays],
        positions: [...call.positions, ...products.map((each) => call.positions[each.sparse]!)],
        held: [...call.held, ...products.map(() => false)],
        structure: `${call.structure}|${JSON.stringify(products)}`,
        products: computed,
      }
    },
  }
}

/** The products of a function with these matrices. */
function productsIn(
  program: Program,
  { arrays, positions, rebuild }: Arguments,
  wide: readonly number[],
): readonly SparseProduct[] {
  const rows = new Set([...arrays.keys()].filter((i) => program.split.includes(positions[i]!)))
  try {
    return sparseProducts(trace(program, arrays, rebuild, { cut: true }), wide, rows)
  } catch {
    // It will say what is wrong when it is compiled.
    return []
  }
}

/** Gives matrices that the engine holds in shared memory; they never change. */
function heldMatrices(shared: SharedMemory): (matrix: NDArray) => NDArray {
  const copies = new WeakMap<NDArray, NDArray>()
  const gone = new FinalizationRegistry<NDArray>((copied) => {
    shared.release([copied])
  })
  return (matrix) => {
    if (shared.addressOf(matrix) !== undefined) return matrix
    let copied = copies.get(matrix)
    if (copied === undefined) {
      copied = shared.array(matrix.shape)
      copied.data.set(matrix.data)
      shared.retain([copied])
      copies.set(matrix, copied)
      gone.register(matrix, copied)
    }
    return copied
  }
}
