import type { EnergyNetwork } from '@deepstruct/inference'
import { type Mlp, mlp } from '@deepstruct/networks'
import { measurementEnergy, type MeasurementParams, spen, type SpenParams } from '@deepstruct/spen'
import { type Host, type NDArray, ndarray, random, type Tensor } from '@deepstruct/tensor'

/** The SPEN of the published Bibtex experiments, with fresh parameters. */
export interface SpenProblem {
  readonly network: Mlp
  readonly model: EnergyNetwork<SpenParams<MeasurementParams>, Tensor, Tensor>
  readonly parameters: Host<SpenParams<MeasurementParams>>
  /** The parameters by the names that peers use. */
  readonly arrays: SpenArrays
  /** Features of so many rows, of which one in 27 is 1, as in Bibtex. */
  x(rows: number): NDArray
  /** Labels of so many rows, of which one in 33 is 1. */
  y(rows: number): NDArray
}

/** The parameters of three layers and of the label energy, flat. */
export type SpenArrays = Readonly<
  Record<'w1' | 'b1' | 'w2' | 'b2' | 'w3' | 'b3' | 'measure' | 'weigh', NDArray>
>

/** What may differ. */
export interface SpenProblemOptions {
  /** Default 159. */
  readonly labels?: number
  /** Whether the network drops features while training; default not. */
  readonly dropout?: boolean
}

/** How much is dropped where dropout is on: the defaults of the family. */
export const dropoutRates = { input: 0.3, hidden: 0.5 } as const

/** Draws a SPEN: 1836 → 150 → 150 → labels, with 16 measurements. */
export function spenProblem(options: SpenProblemOptions = {}): SpenProblem {
  const { labels = 159, dropout = false } = options
  const features = 1836
  const network = mlp({
    inputs: features,
    hidden: [150, 150],
    outputs: labels,
    ...(dropout && { dropout: dropoutRates }),
  })
  const model = spen({ network, labelEnergy: measurementEnergy({ labels, measurements: 16 }) })
  const draw = random(1)
  const parameters = model.init(draw)
  const rowsOf = (width: number, probability: number): ((rows: number) => NDArray) => {
    const source = draw.split()
    let drawn = source.bernoullis([512, width], probability)
    return (rows) => {
      if (rows > (drawn.shape[0] ?? 0)) drawn = source.bernoullis([rows, width], probability)
      return firstRows(drawn, rows)
    }
  }
  const [first, second] = parameters.features
  const { output, label } = parameters
  return {
    network,
    model,
    parameters,
    arrays: {
      w1: first!.kernel,
      b1: first!.bias!,
      w2: second!.kernel,
      b2: second!.bias!,
      w3: output.kernel,
      b3: output.bias!,
      measure: label.measure,
      weigh: label.weigh,
    },
    x: rowsOf(features, 1 / 27),
    y: rowsOf(labels, 1 / 33),
  }
}

/** The first rows of an array. */
export function firstRows({ shape, data }: NDArray, rows: number): NDArray {
  const size = data.length / (shape[0] ?? 1)
  return ndarray(data.slice(0, rows * size), [rows, ...shape.slice(1)])
}
