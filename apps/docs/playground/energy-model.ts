import { energyOverClassifier } from '@deepstruct/feedforward'
import {
  type IterativeMinimizer,
  logitGradient,
  mirrorDescent,
  projectedGradient,
  type SpenParams,
} from '@deepstruct/inference'
import { spenSettings } from '@deepstruct/spen'
import { type Host, jit, ndarray, type NDArray, type Tensor } from '@deepstruct/tensor'
import { decodeModel } from '@deepstruct/training'

/** The minimizers that the page offers, with a step size at which each shows something. */
export const minimizers = {
  'projected gradient': { make: projectedGradient, stepSize: 0.1 },
  'mirror descent': { make: mirrorDescent, stepSize: 1 },
  'gradient in logits': { make: logitGradient, stepSize: 2 },
} satisfies Record<
  string,
  {
    make(options: { steps: number; stepSize: number; trace: boolean }): IterativeMinimizer
    stepSize: number
  }
>

/** The name of a minimizer. */
export type MinimizerName = keyof typeof minimizers

/** Where one step of inference leads. */
export interface Step {
  readonly y: readonly number[]
  readonly energyBefore: number
  readonly energy: number
}

/** A trained energy, to be descended by hand. */
export interface EnergyModel {
  readonly labelNames: readonly string[]
  /** One step from `y`, for the input `x`. */
  step(
    x: readonly number[],
    y: readonly number[],
    minimizer: MinimizerName,
    stepSize: number,
  ): Promise<Step>
}

const row = (values: readonly number[]): NDArray =>
  ndarray(Float32Array.from(values), [1, values.length])

/** Reads a model file of the family `spen`. */
export function energyModel(file: Uint8Array): EnergyModel {
  const { configuration, labelNames = [], inputs, parameters } = decodeModel(file)
  const network = energyOverClassifier(spenSettings(configuration), {
    inputs: inputs.count,
    labels: labelNames.length,
  })
  const trained = parameters as Host<SpenParams<unknown>>
  return {
    labelNames,
    async step(x, y, minimizer, stepSize) {
      const minimize = minimizers[minimizer].make({ steps: 1, stepSize, trace: true })
      const once = jit((params: SpenParams<unknown>, input: Tensor, start: Tensor) => {
        const features = network.encode(params, input)
        const energy = (output: Tensor): Tensor => network.energy(params, features, output)
        const { y: next, trace } = minimize({ energy, domain: network.domain(features), start })
        return { next, trace: trace! }
      })
      const { next, trace } = await once(trained, row(x), row(y))
      return { y: [...next.data], energyBefore: trace.data[0], energy: trace.data[1] }
    },
  }
}
