import {
  add,
  cast,
  fill,
  greaterEqual,
  isFinite,
  mul,
  reshape,
  ShapeError,
  sum,
  type Tensor,
  valueAndGrad,
  where,
} from '@deepstruct/tensor'
import type { Energy } from './energy.ts'

/** One value a row, `[batch]`, with axes of extent 1 so that it broadcasts over the rows of `like`. */
export function perRow(values: Tensor, like: Tensor): Tensor {
  return reshape(values, [-1, ...like.shape.slice(1).map(() => 1)])
}

/** The rows of `a` where a condition holds, bool `[batch]`, those of `b` elsewhere; nothing of the other passes, NaN neither. */
export function chooseRows(condition: Tensor, a: Tensor, b: Tensor): Tensor {
  if (a.rank === 1) return where(condition, a, b)
  // Multiplied out and compared, because repeating a row condition costs more than a step on wasm: its Tile is plain JavaScript.
  const ones = fill(a.shape, 1)
  const everywhere = mul(perRow(cast(condition, 'float32'), a), ones)
  return where(greaterEqual(everywhere, ones), a, b)
}

/** The sum of each row, `[batch]`. */
function rowSum(x: Tensor): Tensor {
  return x.rank === 1 ? x : sum(x, axesOfRow(x))
}

/** $\langle a, b \rangle$ of each row, `[batch]`. */
export function rowDot(a: Tensor, b: Tensor): Tensor {
  return rowSum(mul(a, b))
}

/** The rows whose point and energy are finite, bool `[batch]`: an energy may pass over coordinates that are no numbers. */
export function finiteRows(y: Tensor, energy: Tensor): Tensor {
  return isFinite(add(energy, rowSum(y)))
}

/** The axes of `x` but the first. */
export function axesOfRow(x: Tensor): readonly number[] {
  return x.shape.slice(1).map((_, axis) => axis + 1)
}

/** The energy of each row, checked to be one number a row. */
export function energyOfRows(energy: Energy, y: Tensor): Tensor {
  const rows = energy(y)
  if (rows.rank !== 1 || rows.shape[0] !== y.shape[0])
    throw new ShapeError({
      function: 'energy',
      argument: 'the result',
      got: `of shape [${rows.shape.join(', ')}]`,
      expected: `one energy a row, [${y.shape[0]}], for y of shape [${y.shape.join(', ')}]`,
      why: 'rows are minimized each by itself',
    })
  return rows
}

/** The energy of each row with its gradient, from one pass. */
export function energyAndGradient(
  energy: Energy,
  y: Tensor,
): { readonly energy: Tensor; readonly gradient: Tensor } {
  const { grad, aux } = valueAndGrad((at: Tensor) => {
    const rows = energyOfRows(energy, at)
    return { value: sum(rows), aux: rows }
  })(y)
  return { energy: aux, gradient: grad }
}
