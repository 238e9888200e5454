import type { NDArray } from '@deepstruct/tensor'
import { blockChannels } from './blocked/block-channels.ts'
import { encodeInParts, type ModelInParts, type Traced } from './graph/encode.ts'
import { neededInOrder } from './graph/scopes.ts'
import type { Value } from './graph/value.ts'
import type { Extent } from './protobuf/onnx-messages.ts'
import type { SessionOptions } from './runtime/runtime.ts'
import { activateProducts } from './simplify/activated-products.ts'

/** A graph as a model file, and what its arguments and results are called there. */
export interface Model extends ModelInParts {
  /** The arguments that the graph needs, by their positions. */
  readonly inputs: readonly { readonly name: string; readonly position: number }[]
  /** The names of the results. */
  readonly outputNames: ReadonlyMap<Value, string>
}

/**
 * Writes a graph as a model file for the runtime that is here.
 *
 * @param inputShapes - the extents of all arguments where some are left open
 * @param constants - arguments by their positions that are given once and for all
 */
export function modelOf(
  traced: Traced,
  { channelBlock, inlineBytes = 2 ** 28 }: Pick<SessionOptions, 'channelBlock' | 'inlineBytes'>,
  inputShapes?: readonly (readonly Extent[])[],
  constants: ReadonlyMap<number, NDArray> = new Map(),
): Model {
  const { nodes, inputs, outputs } = activateProducts(blockChannels(traced, channelBlock))
  const needed = new Set<Value | undefined>(outputs)
  for (const node of neededInOrder({ nodes, outputs })) {
    for (const input of node.inputs) needed.add(input)
    for (const output of node.body?.outputs ?? []) needed.add(output)
  }
  const used = inputs.flatMap((value, position) =>
    needed.has(value) && !constants.has(position)
      ? [{ value, position, name: `x${position}` }]
      : [],
  )
  const outputNames = new Map(traced.outputs.map((value, i) => [value, `y${i}`]))
  const parts = encodeInParts(
    { nodes, inputs: used.map(({ value }) => value), outputs },
    {
      inputNames: used.map(({ name }) => name),
      outputNames: [...outputNames.values()],
      constants: new Map([...constants].map(([position, array]) => [inputs[position]!, array])),
      ...(inputShapes && { inputShapes: used.map(({ position }) => inputShapes[position]!) }),
    },
    inlineBytes,
  )
  return { ...parts, inputs: used.map(({ name, position }) => ({ name, position })), outputNames }
}
