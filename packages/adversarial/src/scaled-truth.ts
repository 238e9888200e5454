import { add, div, DomainError, maximum, mul, sub, sum, type Tensor } from '@deepstruct/tensor'

/**
 * The truth as close to what a segmenter made as it can be while the right class keeps a mass (Luc et al. 2016, section 3.2: scaling). One-hot
 * masks beside soft ones are told apart by their values alone; these are not.
 *
 * $$
 * \tilde y_{\text{right}} = \max(\tau, s_{\text{right}}), \qquad \tilde y_k = s_k \frac{1 - \tilde y_{\text{right}}}{1 - s_{\text{right}}}
 * $$
 *
 * @param y - the truth: `[batch, height, width]` in {0, 1}, or one-hot `[batch, height, width, classes]`
 * @param made - $s$, what the segmenter made, of the same shape in $[0, 1]$
 * @param mass - $\tau$ in $[1/2, 1]$; 1 leaves the truth as it is
 * @throws {@link @deepstruct/tensor!DomainError} when the mass is outside $[1/2, 1]$
 *
 * @example
 * ```ts
 * import { scaledTruth } from '@deepstruct/adversarial'
 * import { array, jit, type Tensor } from '@deepstruct/tensor'
 *
 * const scaled = jit((y: Tensor, made: Tensor) => scaledTruth(y, made, 0.9))
 * await scaled(array([[[1, 1, 0]]]), array([[[0.95, 0.3, 0.3]]])) // 0.95, 0.9, 0.1
 * ```
 */
export function scaledTruth(y: Tensor, made: Tensor, mass: number): Tensor {
  if (!(mass >= 0.5 && mass <= 1))
    throw new DomainError({
      function: 'scaledTruth',
      argument: 'mass',
      got: String(mass),
      expected: 'a number from 0.5 to 1',
    })
  const others = sub(1, y)
  if (y.rank === 3) {
    const right = maximum(mass, add(mul(y, made), mul(others, sub(1, made))))
    return add(mul(y, right), mul(others, sub(1, right)))
  }
  const right = sum(mul(y, made), 3, true)
  const kept = maximum(mass, right)
  // Where the segmenter is sure of the right class, nothing is left for the others.
  const share = div(sub(1, kept), maximum(sub(1, right), 1e-7))
  return add(mul(y, kept), mul(mul(others, made), share))
}
