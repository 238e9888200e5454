import type { NDArray } from '@deepstruct/tensor'
import ort from 'onnxruntime-node'
import type { Work } from '../case.ts'
import { modelBytes, type OnnxNode } from '../onnx-file.ts'
import { timesOf } from '../timing.ts'
import type { SpenArrays } from './spen-problem.ts'

/**
 * SPEN inference as somebody would write it who knows ONNX and has derived the gradient on paper:
 *
 * $$ y \leftarrow \min(\max((y + \eta b) - \sigma(y C)\, M, 0), 1), \qquad M = \eta\, \text{diag}(c_2)\, C^\top $$
 *
 * Parameters are constants of the graph, $M$ is computed beforehand, and the difference is one `Gemm`. One session with one thread.
 */
export async function handDerivedInference(
  parameters: SpenArrays,
  { steps, stepSize }: { readonly steps: number; readonly stepSize: number },
  x: NDArray,
): Promise<Work> {
  const { w1, b1, w2, b2, w3, b3, measure, weigh } = parameters
  const scalar = (number: number): NDArray => ({
    shape: [],
    dtype: 'float32',
    data: Float32Array.of(number),
  })
  const nodes: OnnxNode[] = [
    node('Gemm', ['x', 'w1', 'b1'], 'a1'),
    node('Relu', ['a1'], 'h1'),
    node('Gemm', ['h1', 'w2', 'b2'], 'a2'),
    node('Relu', ['a2'], 'h2'),
    node('Gemm', ['h2', 'w3', 'b3'], 'logits'),
    node('Mul', ['logits', 'eta'], 'push'),
    // The first point is one half everywhere; it takes the shape of the logits.
    node('Mul', ['logits', 'zero'], 'zeros'),
    node('Add', ['zeros', 'half'], 'y0'),
  ]
  for (let t = 0; t < steps; t++)
    nodes.push(
      node('MatMul', [`y${t}`, 'measure'], `m${t}`),
      node('Sigmoid', [`m${t}`], `s${t}`),
      node('Add', [`y${t}`, 'push'], `p${t}`),
      node('Gemm', [`s${t}`, 'back', `p${t}`], `g${t}`, { alpha: -1 }),
      node('Clip', [`g${t}`, 'zero', 'one'], `y${t + 1}`),
    )
  const bytes = modelBytes({
    nodes,
    constants: {
      w1,
      b1,
      w2,
      b2,
      w3,
      b3,
      measure,
      back: backward(measure, weigh, stepSize),
      eta: scalar(stepSize),
      zero: scalar(0),
      half: scalar(0.5),
      one: scalar(1),
    },
    input: { name: 'x', shape: x.shape },
    output: { name: `y${steps}`, shape: [x.shape[0] ?? 0, measure.shape[0] ?? 0] },
  })
  const session = await ort.InferenceSession.create(bytes, { intraOpNumThreads: 1 })
  const run = async (): Promise<Float32Array> => {
    const fed = new ort.Tensor('float32', x.data as Float32Array, x.shape)
    return (await session.run({ x: fed }))[`y${steps}`]!.data as Float32Array
  }
  return { result: run, times: (limits) => timesOf(run, limits) }
}

/** $\eta\, \text{diag}(c_2)\, C^\top$, `[measurements, labels]`. */
function backward(measure: NDArray, weigh: NDArray, stepSize: number): NDArray {
  const [labels = 0, measurements = 0] = measure.shape
  const data = new Float32Array(measurements * labels)
  for (let k = 0; k < measurements; k++)
    for (let i = 0; i < labels; i++)
      data[k * labels + i] =
        stepSize * (weigh.data[k] as number) * (measure.data[i * measurements + k] as number)
  return { shape: [measurements, labels], dtype: 'float32', data }
}

function node(
  op: string,
  inputs: readonly string[],
  output: string,
  floats: Readonly<Record<string, number>> = {},
): OnnxNode {
  return { op, inputs, output, floats }
}
