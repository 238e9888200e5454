import { jit, type NDArray, ndarray, sum, type Tensor, valueAndGrad } from '@deepstruct/tensor'

/** How {@link checkGradient} compares. */
export interface GradientCheckOptions {
  /** The step of the differences; default 0.02, where rounding in float32 and truncation are about equal. */
  readonly step?: number
  /** The largest deviation that passes, relative to 1 + the largest slope; default 1e-3. */
  readonly tolerance?: number
}

/**
 * Compares the gradient of the sum of a function's values with central differences of the fourth order, in every element of every
 * input. Runs on the engine in use.
 *
 * $$
 * \frac{8\,(f(x + h) - f(x - h)) - (f(x + 2h) - f(x - 2h))}{12\,h}
 * $$
 *
 * @param fn - of as many tensors as there are inputs, smooth within two steps of them
 * @param inputs - float32
 * @throws Error that names the input, the element, the gradient and the slope where they differ
 */
export async function checkGradient(
  fn: (...xs: readonly Tensor[]) => Tensor,
  inputs: readonly NDArray[],
  options: GradientCheckOptions = {},
): Promise<void> {
  const { step = 0.02, tolerance = 1e-3 } = options
  const value = jit((xs: readonly Tensor[]) => fn(...xs))
  const gradient = jit((xs: readonly Tensor[]) =>
    valueAndGrad((at: readonly Tensor[]) => sum(fn(...at)))(xs),
  )
  const { grad } = await gradient(inputs)

  const nudged = async (input: number, element: number, by: number): Promise<number> => {
    const moved = inputs.map((x, i) => {
      if (i !== input) return x
      const data = Float32Array.from(x.data)
      data[element] = data[element]! + by
      return ndarray(data, x.shape)
    })
    // Summed here, in double precision.
    const { data } = await value(moved)
    return Array.from(data).reduce((total, part) => total + part, 0)
  }

  const difference = async (input: number, element: number, h: number): Promise<number> =>
    (await nudged(input, element, h)) - (await nudged(input, element, -h))

  for (const [i, { data }] of inputs.entries()) {
    const slopes: number[] = []
    for (const j of data.keys()) {
      const near = await difference(i, j, step)
      const far = await difference(i, j, 2 * step)
      slopes.push((8 * near - far) / (12 * step))
    }
    const allowed = tolerance * (1 + Math.max(...slopes.map(Math.abs)))
    for (const [j, slope] of slopes.entries()) {
      const found = grad[i]!.data[j]!
      // Written so that NaN fails.
      if (!(Math.abs(found - slope) <= allowed))
        throw new Error(
          `checkGradient: input ${i}, element ${j}: gradient ${found}, slope ${slope}, allowed ${allowed}`,
        )
    }
  }
}
