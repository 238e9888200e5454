import { DomainError, filled, type NDArray, type Random } from '@deepstruct/tensor'

/** How many numbers a unit reads and how many units read it; for a convolution both count the positions of the kernel. */
export interface Fan {
  /** The inputs of one output unit. */
  readonly in: number
  /** The outputs that one input unit feeds. */
  readonly out: number
}

/** Draws the first values of one parameter of a layer. A bias gets the fan of its kernel. */
export type Initializer = (random: Random, shape: readonly number[], fan: Fan) => NDArray

/**
 * Uniform in $\pm\sqrt{6 / (\text{fan}_\text{in} + \text{fan}_\text{out})}$, variance $2 / (\text{fan}_\text{in} + \text{fan}_\text{out})$:
 * activations and gradients keep their scale through layers that are linear around 0 (Glorot & Bengio 2010, section 4.2.1).
 */
export const glorotUniform: Initializer = (random, shape, fan) =>
  symmetric(random, shape, Math.sqrt(6 / (fan.in + fan.out)))

/**
 * Uniform in $\pm\sqrt{6 / \text{fan}_\text{in}}$, variance $2 / \text{fan}_\text{in}$: activations keep their scale through rectifiers, which
 * drop half of it (He et al. 2015, section 2.2).
 */
export const heUniform: Initializer = (random, shape, fan) =>
  symmetric(random, shape, Math.sqrt(6 / fan.in))

/** Normal with variance $2 / \text{fan}_\text{in}$ (He et al. 2015, section 2.2). */
export const heNormal: Initializer = (random, shape, fan) =>
  random.normals(shape, 0, Math.sqrt(2 / fan.in))

/**
 * Uniform in $\pm 1 / \sqrt{\text{fan}_\text{in}}$, variance $1 / (3\,\text{fan}_\text{in})$: what PyTorch gives both the weight and the bias of a
 * `Linear` layer, for comparisons with results from there.
 */
export const torchUniform: Initializer = (random, shape, fan) =>
  symmetric(random, shape, 1 / Math.sqrt(fan.in))

/** All zeros. */
export const zeroInitializer: Initializer = (_, shape) => filled(shape, 0)

/**
 * Normal with mean 0, whatever the fan.
 *
 * @param deviation - the standard deviation, at least 0
 * @throws {@link @deepstruct/tensor!DomainError} when the deviation is negative or not finite
 */
export function normalInitializer(deviation: number): Initializer {
  if (!(deviation >= 0 && Number.isFinite(deviation)))
    throw new DomainError({
      function: 'normalInitializer',
      argument: 'deviation',
      got: String(deviation),
      expected: 'a finite number, at least 0',
    })
  return (random, shape) => random.normals(shape, 0, deviation)
}

function symmetric(random: Random, shape: readonly number[], bound: number): NDArray {
  return random.uniforms(shape, -bound, bound)
}
