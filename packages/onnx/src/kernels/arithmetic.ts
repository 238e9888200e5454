import type { Graph } from '../graph/graph.ts'
import type { Value } from '../graph/value.ts'
import { binary, cast } from './compose.ts'
import { lowering, type Lowering, type Lowerings } from './lowering.ts'

function plain(op: string): Lowering {
  return lowering<'a' | 'b'>(({ a, b }, _, graph) => binary(graph, op, a, b))
}

function comparison(op: string): Lowering {
  return lowering<'a' | 'b'>(({ a, b }, _, graph) => binary(graph, op, a, b, 'bool'))
}

function composed(rule: (a: Value, b: Value, graph: Graph) => Value): Lowering {
  return lowering<'a' | 'b'>(({ a, b }, _, graph) => rule(a, b, graph))
}

/** Kernels of two arguments, element by element, and choices between elements. */
export const arithmeticKernels: Lowerings = {
  Add: plain('Add'),
  AddN: (inputs, _, graph) =>
    Object.values(inputs).reduce((total, term) => binary(graph, 'Add', total, term)),
  Sub: plain('Sub'),
  Multiply: plain('Mul'),
  RealDiv: plain('Div'),
  Maximum: plain('Max'),
  Minimum: plain('Min'),
  Pow: plain('Pow'),
  Prelu: lowering<'x' | 'alpha'>(({ x, alpha }, _, graph) => binary(graph, 'PRelu', x, alpha)),
  SquaredDifference: composed((a, b, graph) => {
    const difference = binary(graph, 'Sub', a, b)
    return graph.node('Mul', [difference, difference], difference)
  }),
  FloorDiv: composed((a, b, graph) => {
    const quotient = binary(graph, 'Div', cast(graph, a, 'float32'), cast(graph, b, 'float32'))
    return cast(graph, graph.node('Floor', [quotient], quotient), a.dtype)
  }),
  // The remainder has the sign of the divisor: a - floor(a / b) b.
  Mod: composed((a, b, graph) => {
    if (a.dtype !== 'float32') return binary(graph, 'Mod', a, b)
    const quotient = binary(graph, 'Div', a, b)
    const whole = graph.node('Floor', [quotient], quotient)
    return binary(graph, 'Sub', a, binary(graph, 'Mul', whole, b))
  }),
  Equal: comparison('Equal'),
  NotEqual: composed((a, b, graph) => {
    const equal = binary(graph, 'Equal', a, b, 'bool')
    return graph.node('Not', [equal], equal)
  }),
  Less: comparison('Less'),
  LessEqual: comparison('LessOrEqual'),
  Greater: comparison('Greater'),
  GreaterEqual: comparison('GreaterOrEqual'),
  LogicalAnd: comparison('And'),
  LogicalOr: comparison('Or'),
  LogicalNot: lowering<'x'>(({ x }, _, graph) => graph.node('Not', [x], x)),
  Select: lowering<'condition' | 't' | 'e'>(({ condition, t, e }, _, graph) => {
    if (t.dtype !== 'bool') return graph.node('Where', [condition, t, e], t)
    const [left, right] = [cast(graph, t, 'int32'), cast(graph, e, 'int32')]
    return cast(graph, graph.node('Where', [condition, left, right], left), 'bool')
  }),
}
