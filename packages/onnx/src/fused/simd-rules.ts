import type { Node } from '../graph/value.ts'
import type { Term, Terms } from './terms.ts'
import type { Instruction } from './wasm-binary.ts'

/** How an operator is computed on four lanes; undefined where it cannot be. Operands that were left out are undefined. */
export type SimdRule = (
  terms: Terms,
  operands: readonly (Term | undefined)[],
  node: Node,
) => Term | undefined

function plain(instruction: Instruction): SimdRule {
  return (terms, operands) => terms.apply(instruction, ...(operands as readonly Term[]))
}

/** An operator of any number of operands. */
function repeated(instruction: Instruction): SimdRule {
  return (terms, operands) =>
    operands.reduce((result, operand) => terms.apply(instruction, result!, operand!))
}

function composed(rule: (terms: Terms, ...operands: readonly Term[]) => Term): SimdRule {
  return (terms, operands) => rule(terms, ...(operands as readonly Term[]))
}

/** The elements as they are: only the extents change. */
const same: SimdRule = (_, [x]) => x

/**
 * The operators of ONNX that a kernel computes, with the results that single operations on 32-bit floats give: nothing is fused or
 * approximated.
 */
export const simdRules: Readonly<Record<string, SimdRule>> = {
  Identity: same,
  Expand: same,
  Reshape: same,
  Add: plain('f32x4.add'),
  Sub: plain('f32x4.sub'),
  Mul: plain('f32x4.mul'),
  Div: plain('f32x4.div'),
  Max: repeated('f32x4.max'),
  Min: repeated('f32x4.min'),
  Abs: plain('f32x4.abs'),
  Neg: plain('f32x4.neg'),
  Sqrt: plain('f32x4.sqrt'),
  Ceil: plain('f32x4.ceil'),
  Floor: plain('f32x4.floor'),
  Round: plain('f32x4.nearest'),
  Less: plain('f32x4.lt'),
  LessOrEqual: plain('f32x4.le'),
  Greater: plain('f32x4.gt'),
  GreaterOrEqual: plain('f32x4.ge'),
  And: plain('v128.and'),
  Or: plain('v128.or'),
  Not: plain('v128.not'),
  Reciprocal: composed((terms, x) => terms.apply('f32x4.div', terms.constant(1), x)),
  // x < 0 ? 0 : x, which keeps what is no number.
  Relu: composed((terms, x) => terms.apply('f32x4.pmax', x, terms.constant(0))),
  LeakyRelu: (terms, [x], { attributes }) => {
    const alpha = attributes['alpha']
    return typeof alpha === 'object' && 'float' in alpha
      ? slopedBelow(terms, x!, terms.constant(alpha.float))
      : undefined
  },
  PRelu: composed((terms, x, slope) => slopedBelow(terms, x, slope)),
  Sign: composed((terms, x) => {
    const one = (instruction: Instruction): Term =>
      terms.apply('v128.and', terms.apply(instruction, x, terms.constant(0)), terms.constant(1))
    return terms.apply('f32x4.sub', one('f32x4.gt'), one('f32x4.lt'))
  }),
  IsNaN: composed((terms, x) => terms.apply('f32x4.ne', x, x)),
  IsInf: composed((terms, x) =>
    terms.apply('f32x4.eq', terms.apply('f32x4.abs', x), terms.constant(Infinity)),
  ),
  Clip: (terms, [x, least, most]) => {
    const raised = least === undefined ? x! : terms.apply('f32x4.max', x!, least)
    return most === undefined ? raised : terms.apply('f32x4.min', raised, most)
  },
  Equal: (terms, [a, b], { inputs }) =>
    inputs[0]!.dtype === 'bool'
      ? terms.apply('v128.not', terms.apply('v128.xor', a!, b!))
      : terms.apply('f32x4.eq', a!, b!),
  Where: composed((terms, condition, a, b) => terms.apply('v128.bitselect', a, b, condition)),
  Cast: (terms, [x], { inputs, outputs }) => {
    const [from, to] = [inputs[0]!.dtype, outputs[0]!.dtype]
    if (from === to) return x
    return to === 'bool'
      ? terms.apply('f32x4.ne', x!, terms.constant(0))
      : terms.apply('v128.and', x!, terms.constant(1))
  },
}

/** The number itself, below 0 times a slope. */
function slopedBelow(terms: Terms, x: Term, slope: Term): Term {
  const below = terms.apply('f32x4.lt', x, terms.constant(0))
  return terms.apply('v128.bitselect', terms.apply('f32x4.mul', x, slope), x, below)
}
