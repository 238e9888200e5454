import type {
  ClipByValueAttrs,
  EluGradInputs,
  LeakyReluAttrs,
  StepAttrs,
} from '@tensorflow/tfjs-core'
import { sizeOf } from '@deepstruct/tensor'
import type { Graph } from '../graph/graph.ts'
import type { Value } from '../graph/value.ts'
import { cast, like, unary } from './compose.ts'
import { lowering, type Lowering, type Lowerings } from './lowering.ts'

/** A kernel of one argument that is one operator. */
function plain(op: string): Lowering {
  return lowering<'x'>(({ x }, _, graph) => unary(graph, op, x))
}

function composed(rule: (x: Value, graph: Graph) => Value): Lowering {
  return lowering<'x'>(({ x }, _, graph) => rule(x, graph))
}

/** Kernels of one argument, element by element. */
export const elementwiseKernels: Lowerings = {
  Abs: plain('Abs'),
  Acos: plain('Acos'),
  Acosh: plain('Acosh'),
  Asin: plain('Asin'),
  Asinh: plain('Asinh'),
  Atan: plain('Atan'),
  Atanh: plain('Atanh'),
  Ceil: plain('Ceil'),
  Cos: plain('Cos'),
  Cosh: plain('Cosh'),
  Erf: plain('Erf'),
  Exp: plain('Exp'),
  Floor: plain('Floor'),
  Log: plain('Log'),
  Neg: plain('Neg'),
  Reciprocal: plain('Reciprocal'),
  Relu: plain('Relu'),
  Round: plain('Round'),
  Sigmoid: plain('Sigmoid'),
  Sign: plain('Sign'),
  Sin: plain('Sin'),
  Sinh: plain('Sinh'),
  Sqrt: plain('Sqrt'),
  Tan: plain('Tan'),
  Tanh: plain('Tanh'),
  // Faster in the runtime than Pow.
  Square: composed((x, graph) => graph.node('Mul', [x, x], x)),
  Rsqrt: composed((x, graph) => unary(graph, 'Reciprocal', unary(graph, 'Sqrt', x))),
  // e^x - 1 = 2 sinh(x/2) e^(x/2), which keeps its digits near 0.
  Expm1: composed((x, graph) => {
    const half = graph.node('Mul', [x, like(graph, x, 0.5)], x)
    const product = graph.node('Mul', [unary(graph, 'Sinh', half), unary(graph, 'Exp', half)], x)
    const near = graph.node('Mul', [product, like(graph, x, 2)], x)
    return nearZero(
      graph,
      x,
      near,
      graph.node('Sub', [unary(graph, 'Exp', x), like(graph, x, 1)], x),
    )
  }),
  // log(1 + x) = 2 artanh(x / (x + 2)), which keeps its digits near 0.
  Log1p: composed((x, graph) => {
    const ratio = graph.node('Div', [x, graph.node('Add', [x, like(graph, x, 2)], x)], x)
    const near = graph.node('Mul', [unary(graph, 'Atanh', ratio), like(graph, x, 2)], x)
    return nearZero(
      graph,
      x,
      near,
      unary(graph, 'Log', graph.node('Add', [x, like(graph, x, 1)], x)),
    )
  }),
  Softplus: composed((x, graph) => softplus(x, graph)),
  Relu6: composed((x, graph) => graph.node('Clip', [x, graph.fill(0, []), graph.fill(6, [])], x)),
  ClipByValue: lowering<'x', ClipByValueAttrs>(({ x }, { clipValueMin, clipValueMax }, graph) =>
    graph.node(
      'Clip',
      [x, graph.fill(clipValueMin, [], x.dtype), graph.fill(clipValueMax, [], x.dtype)],
      x,
    ),
  ),
  LeakyRelu: lowering<'x', LeakyReluAttrs>(({ x }, { alpha }, graph) =>
    graph.node('LeakyRelu', [x], x, { alpha: { float: alpha } }),
  ),
  Elu: composed((x, graph) => graph.node('Elu', [x], x, { alpha: { float: 1 } })),
  EluGrad: lowering<keyof EluGradInputs>(({ dy, y }, _, graph) => {
    const slope = graph.node('Add', [y, like(graph, y, 1)], y)
    const below = graph.node('Less', [y, graph.fill(0, [])], { shape: y.shape, dtype: 'bool' })
    return graph.node('Where', [below, graph.node('Mul', [dy, slope], dy), dy], dy)
  }),
  Selu: composed((x, graph) =>
    graph.node('Selu', [x], x, {
      alpha: { float: 1.6732632423543772 },
      gamma: { float: 1.0507009873554805 },
    }),
  ),
  Step: lowering<'x', StepAttrs>(({ x }, { alpha }, graph) => {
    const above = graph.node('Greater', [x, graph.fill(0, [], x.dtype)], {
      shape: x.shape,
      dtype: 'bool',
    })
    return alpha === 0
      ? cast(graph, above, x.dtype)
      : graph.node('Where', [above, graph.fill(1, [], x.dtype), graph.fill(alpha, [], x.dtype)], x)
  }),
  IsNan: composed((x, graph) => graph.node('IsNaN', [x], { shape: x.shape, dtype: 'bool' })),
  IsInf: composed((x, graph) => graph.node('IsInf', [x], { shape: x.shape, dtype: 'bool' })),
  // Of the numbers only the finite ones have the difference 0 with themselves.
  IsFinite: composed((x, graph) => {
    const difference = graph.node('Sub', [x, x], x)
    return graph.node('Equal', [difference, graph.fill(0, [], x.dtype)], {
      shape: x.shape,
      dtype: 'bool',
    })
  }),
}

/**
 * $\max(x, 0) - \log \sigma(|x|)$ for many elements: the runtime's own operator takes 20 ns for each, these together take 3, but each of them
 * takes a microsecond to start.
 */
function softplus(x: Value, graph: Graph): Value {
  if (sizeOf(x.shape) < 512 && graph.open === undefined) return unary(graph, 'Softplus', x)
  const likely = unary(graph, 'Sigmoid', unary(graph, 'Abs', x))
  return graph.node('Sub', [unary(graph, 'Relu', x), unary(graph, 'Log', likely)], x)
}

/** One form where |x| is below 1/2, another elsewhere. */
function nearZero(graph: Graph, x: Value, near: Value, far: Value): Value {
  const below = graph.node('Less', [unary(graph, 'Abs', x), like(graph, x, 0.5)], {
    shape: x.shape,
    dtype: 'bool',
  })
  return graph.node('Where', [below, near, far], x)
}
