import { sizeOf } from '@deepstruct/tensor'
import type { Value } from '../graph/value.ts'
import { kernelModule } from './kernel.ts'
import { simdRules } from './simd-rules.ts'
import { createTerms, type Term } from './terms.ts'

/** A computation that does the same at each element of float32 arrays of one size. */
export interface Elementwise {
  /** The arrays that are read; how they are computed does not matter here. */
  readonly arrays: readonly Value[]
  /** The single numbers that are read. */
  readonly scalars: readonly Value[]
  /** The arrays that are written. */
  readonly outputs: readonly Value[]
  /** The arrays whose elements are added up, for example the squares of gradients; default none. */
  readonly sums?: readonly Value[]
}

/**
 * Compiles an elementwise computation into a WebAssembly module that does it in one pass, four elements at a time, or gives undefined
 * where it has an operator without a rule, an element type other than float32 and truth values, or a broadcast other than of single numbers.
 * The results are those of the single operations in 32-bit floats, bit by bit. The sizes of the arrays leave no trace: the same computation
 * on others gives the same bytes.
 *
 * The module imports `env.memory` and exports `run(table, begin, end)`, which computes the elements from `begin`, a multiple of 4, up to
 * `end`. At the byte address `table` stand the addresses of the arrays, the scalars, the outputs and the sums, in this order, 4 bytes each.
 * Arrays start at multiples of 16; an output may be one of the arrays, but none may overlap another in part. Nothing at or after `end` is touched. A sum over
 * the elements from `begin` to `end` is done in 64-bit floats in an order that depends on nothing but the two, and is rounded once.
 *
 * @param elementwise - what is computed
 * @param options - `shared`: whether the memory is shared between threads; default true
 */
export function fuse(
  elementwise: Elementwise,
  options: { readonly shared?: boolean } = {},
): Uint8Array<ArrayBuffer> | undefined {
  const { arrays, scalars, outputs, sums = [] } = elementwise
  const results = [...outputs, ...sums]
  const size = sizeOf((results[0] ?? { shape: [] }).shape)
  const wholeArrays = [...arrays, ...results].every(({ shape }) => sizeOf(shape) === size)
  const floats = [...arrays, ...scalars, ...results].every(({ dtype }) => dtype === 'float32')
  if (!wholeArrays || !floats || !scalars.every(({ shape }) => sizeOf(shape) === 1))
    return undefined
  const termOf = translation(elementwise)
  const terms = results.map(termOf)
  if (!terms.every((term) => term !== undefined)) return undefined
  return kernelModule(
    {
      arrays: arrays.length,
      scalars: scalars.length,
      outputs: terms.slice(0, outputs.length),
      sums: terms.slice(outputs.length),
    },
    options.shared ?? true,
  )
}

/**
 * Says what a value is in a kernel, if it can be. Extents need no look: no operator with a rule shrinks them, so where arrays and result are of one
 * size, all between them that differs from element to element is too.
 */
function translation({ arrays, scalars }: Elementwise): (value: Value) => Term | undefined {
  const terms = createTerms()
  const known = new Map<Value, Term | undefined>([
    ...scalars.map((value, i) => [value, terms.scalar(i)] as const),
    ...arrays.map((value, i) => [value, terms.array(i)] as const),
  ])
  const termOf = (value: Value): Term | undefined => {
    if (!known.has(value)) known.set(value, translate(value))
    return known.get(value)
  }
  const translate = ({ dtype, source }: Value): Term | undefined => {
    if (dtype !== 'float32' && dtype !== 'bool') return undefined
    if (source.kind === 'fill')
      return terms.constant(dtype === 'bool' ? source.element !== 0 : source.element)
    if (source.kind !== 'node') return undefined
    const { node } = source
    const rule = simdRules[node.op]
    if (rule === undefined) return undefined
    // What follows the first operand of these are extents.
    const inputs = extentsFollow.has(node.op) ? node.inputs.slice(0, 1) : node.inputs
    const operands = inputs.map((input) => input && termOf(input))
    if (operands.some((operand, i) => operand === undefined && inputs[i] !== undefined))
      return undefined
    return rule(terms, operands, node)
  }
  return termOf
}

const extentsFollow = new Set(['Reshape', 'Expand'])
