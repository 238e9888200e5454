import { type PredictorConfiguration, statuses } from '@deepstruct/inference'
import {
  constant,
  Device,
  DomainError,
  EngineError,
  flatten,
  type Host,
  isNDArray,
  type Program,
  read,
  type Tensor,
} from '@deepstruct/tensor'
import { loadGradients, refuseInput } from '@deepstruct/tensor/engine'
import { constantArray } from '../graph/constant-array.ts'
import { encode } from '../graph/encode.ts'
import { createGraph } from '../graph/graph.ts'
import type { Value } from '../graph/value.ts'
import type { Trace } from '../trace/trace.ts'
import { type Described, type DescribedInputs, describedInputs } from './input-description.ts'
import { traceAnyRows, traceFixed } from './trace-solver.ts'

/** What of a predictor is exported: how it finds an output, and with which parameters. */
export type Exportable<P, X> = Pick<
  PredictorConfiguration<P, X>,
  'solve' | 'params' | 'threshold' | 'labels'
>

/** How a predictor is exported. */
export interface ExportOptions<X> {
  /** An example of the inputs, or `{ shape, dtype }` for each: what extents they have. The number of rows does not matter. */
  readonly x: Described<X>
  /** The number of rows of every call; default any. */
  readonly batch?: number
  /** The structures that relaxed outputs stand for, as a further output `labels`; default none. */
  readonly decode?: (y: Tensor) => Tensor
  /** The release of the program that exports. */
  readonly createdBy?: string
  /** Notes to store beside those that every file has. */
  readonly metadata?: Readonly<Record<string, string>>
}

/** What the outputs of a file are, in its metadata. */
const meanings: Readonly<Record<string, string>> = {
  y: 'the relaxed outputs found',
  energy: 'their energies; lower is better',
  steps: 'the steps that each row took',
  status: 'how the search ended: a position in the list "statuses"',
  trace: 'the energies on the way',
  labels: 'the structures that y stands for',
  valid: 'whether the inputs are what the model demands; if not, the other outputs mean nothing',
}

/** Outputs come in the order of their meanings: `y` first. */
function rankOf(output: string): number {
  return Object.keys(meanings).indexOf(output)
}

/** Protobuf files are shorter than this. */
const longestFile = 2 ** 31

/**
 * A predictor as one ONNX model that any ONNX runtime executes: features and inference, with the parameters inside.
 *
 * The inputs are named by where they sit in `x` (`tokens`, `image.mask`); a single tensor is called `x`. The outputs are those of a
 * {@link @deepstruct/inference!TracedSolution}: `y`, `energy`, `steps`, `status`, where there is one `trace`; `labels` where `decode` is
 * given; and `valid`, a bool scalar, where `solve` makes checks. The first axis of inputs and outputs is the symbolic
 * dimension `batch`, or the fixed number of rows. The metadata are `threshold`, `labels` (their names as a JSON list), `statuses` (a JSON list), `outputs`
 * (a JSON object that says what each is), and those of the options. The model is of IR version 10 and opset 21: ONNX Runtime 1.18 or later.
 *
 * @param predictor - the trained model; a configuration of one will do
 * @returns the bytes of an `.onnx` file
 * @throws {@link @deepstruct/tensor!ShapeError} when `x` does not say what the inputs are like
 * @throws {@link @deepstruct/tensor!DomainError} when `batch` is no positive whole number, when it has to be given because `solve` does not
 * work for every number of rows, or when an input is named like an output
 * @throws {@link @deepstruct/tensor!UnsupportedOpError} when `solve` cannot be traced
 * @throws {@link @deepstruct/tensor!EngineError} when `solve` reads a value, or the file would be longer than protobuf allows (2 GiB)
 *
 * @example
 * ```ts
 * import { predictor } from '@deepstruct/inference'
 * import { onnxModelOf } from '@deepstruct/onnx'
 * import { array, fill, matMul, neg, sigmoid, sum, type Tensor } from '@deepstruct/tensor'
 *
 * const logistic = predictor({
 *   params: array([[1, 0], [0, 1]]),
 *   labels: ['beach', 'sea'],
 *   solve: (weights: Tensor, x: Tensor) => {
 *     const y = sigmoid(matMul(x, weights))
 *     const none = fill(x.shape.slice(0, 1), 0, 'int32')
 *     return { y, energy: neg(sum(y, 1)), steps: none, status: none }
 *   },
 * })
 * const bytes = await onnxModelOf(logistic, { x: { shape: [1, 2] } })
 * console.log(bytes.length) // a few hundred bytes
 * ```
 */
export async function onnxModelOf<P, X>(
  predictor: Exportable<P, X>,
  options: ExportOptions<X>,
): Promise<Uint8Array<ArrayBuffer>> {
  const { x, batch, createdBy } = options
  if (batch !== undefined && !(Number.isInteger(batch) && batch > 0))
    throw new DomainError({
      function: caller,
      argument: 'batch',
      got: String(batch),
      expected: 'a positive whole number of rows, or none for any',
    })
  const inputs = describedInputs(caller, x)
  const { params } = predictor
  const program = solver(predictor, params instanceof Device ? await read(params) : params, options)
  await loadGradients()
  const { trace, inputShapes, resultShapes } =
    batch === undefined ? traceAnyRows(program, inputs) : traceFixed(program, inputs, batch)
  /** Where among the results each output is. */
  const places = trace.rebuild([...trace.results.keys()]) as Readonly<Record<string, number>>
  const computed = Object.entries(places).toSorted(([a], [b]) => rankOf(a) - rankOf(b))
  const valid = validity(trace)
  const outputNames = [...computed.map(([name]) => name), ...valid.outputs.map(() => 'valid')]
  requireDistinct(inputs, outputNames)
  return encode(
    {
      nodes: [...trace.nodes, ...valid.nodes],
      inputs: trace.inputs,
      outputs: [...computed.map(([, place]) => trace.results[place]!), ...valid.outputs],
    },
    {
      inputNames: inputs.names,
      inputShapes,
      outputNames,
      outputShapes: [
        ...computed.map(([, place]) => resultShapes[place]),
        ...valid.outputs.map(() => []),
      ],
      notes: notesOf(predictor, options, outputNames),
      ...(createdBy !== undefined && { version: createdBy }),
    },
  )
}

const caller = 'onnxModelOf'

/** The function that the file computes. */
function solver<P, X>(
  { solve }: Exportable<P, X>,
  params: Host<P>,
  { decode }: ExportOptions<X>,
): Program {
  const { leaves, rebuild } = flatten(params, isNDArray, refuseInput(caller))
  const bytes = leaves.reduce((total, { data }) => total + data.byteLength, 0)
  if (bytes >= longestFile)
    throw new EngineError({
      function: caller,
      argument: 'params',
      got: `${bytes} bytes`,
      expected: `less than ${longestFile}`,
      why: 'a file in the format of protobuf is not longer',
    })
  const fn = (x: X): Readonly<Record<string, Tensor>> => {
    const { y, energy, steps, status, trace } = solve(rebuild(leaves.map(constant)) as P, x)
    const solution = { y, energy, steps, status, ...(trace && { trace }) }
    return decode === undefined ? solution : { ...solution, labels: decode(y) }
  }
  return { name: caller, fn, keep: [], donate: [], split: [] }
}

/** Whether all checks hold, as an output of its own where there are any that depend on the inputs. */
function validity({ checks }: Trace): Pick<Trace, 'nodes' | 'outputs'> {
  const graph = createGraph()
  const flags: Value[] = []
  for (const { flag, error } of checks)
    if (flag.source.kind === 'node') flags.push(flag)
    else if (constantArray(flag).data.includes(0)) throw error()
  const [first, ...others] = flags
  if (first === undefined) return { nodes: [], outputs: [] }
  const all = others.reduce((a, b) => graph.node('And', [a, b], first), first)
  return { nodes: graph.nodesInOrder(), outputs: [all] }
}

function requireDistinct({ names }: DescribedInputs, outputNames: readonly string[]): void {
  const twice = names.find((name) => outputNames.includes(name))
  if (twice !== undefined)
    throw new DomainError({
      function: caller,
      argument: 'x',
      got: `with an input named ${twice}`,
      expected: `other names than ${outputNames.join(', ')}`,
      why: 'inputs and outputs of an ONNX file share their names',
    })
}

function notesOf(
  { threshold = 0.5, labels }: Pick<Exportable<never, never>, 'threshold' | 'labels'>,
  { createdBy, metadata }: Pick<ExportOptions<never>, 'createdBy' | 'metadata'>,
  outputNames: readonly string[],
): Readonly<Record<string, string>> {
  return {
    ...metadata,
    producer: createdBy === undefined ? 'deepstruct' : `deepstruct ${createdBy}`,
    threshold: String(threshold),
    statuses: JSON.stringify(statuses),
    outputs: JSON.stringify(Object.fromEntries(outputNames.map((name) => [name, meanings[name]]))),
    ...(labels && { labels: JSON.stringify(labels) }),
  }
}
