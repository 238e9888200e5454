/** What an operator gives at one place. */
export type AtOnePlace = (a: number, b: number, c: number) => number

/** What operators of one argument compute; for those without a function here it is not known exactly. */
export const unaryOps: Readonly<Record<string, AtOnePlace | undefined>> = {
  Abs: Math.abs,
  Cos: undefined,
  Ceil: Math.ceil,
  Elu: undefined,
  Erf: undefined,
  Exp: undefined,
  Floor: Math.floor,
  IsNaN: (x) => Number(Number.isNaN(x)),
  LeakyRelu: undefined,
  Log: undefined,
  Neg: (x) => -x,
  Not: (x) => 1 - x,
  Reciprocal: (x) => 1 / x,
  Relu: (x) => (x < 0 ? 0 : x),
  Selu: undefined,
  Sigmoid: undefined,
  Sign: Math.sign,
  Sin: undefined,
  Softplus: undefined,
  Sqrt: Math.sqrt,
  Tanh: undefined,
}

/** What operators of several arguments that broadcast compute. */
export const broadcastingOps: Readonly<Record<string, AtOnePlace | undefined>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Max: (a, b) => Math.max(a, b),
  Min: (a, b) => Math.min(a, b),
  Pow: undefined,
  Equal: (a, b) => Number(a === b),
  Less: (a, b) => Number(a < b),
  LessOrEqual: (a, b) => Number(a <= b),
  Greater: (a, b) => Number(a > b),
  GreaterOrEqual: (a, b) => Number(a >= b),
  And: (a, b) => a & b,
  Or: (a, b) => a | b,
  Where: (condition, a, b) => (condition ? a : b),
}
