import { add, div, minimum, mul, sqrt, square, sum, type Tensor } from '@deepstruct/tensor'

/**
 * Scales gradients together so that their global norm is at most a bound (Pascanu et al. 2013, algorithm 1):
 * $g \leftarrow g \cdot \min(1, c / \lVert g \rVert)$.
 *
 * @param gradients - the gradient of each parameter array
 * @param bound - $c > 0$
 */
export function clipGlobalNorm(gradients: readonly Tensor[], bound: number): Tensor[] {
  const norm = sqrt(gradients.reduce<Tensor | number>((total, g) => add(total, sum(square(g))), 0))
  // The tiny number keeps a gradient of zeros at zero.
  const scale = minimum(1, div(bound, add(norm, 1e-30)))
  return gradients.map((gradient) => mul(gradient, scale))
}
