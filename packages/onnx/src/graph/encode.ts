import { EngineError, type NDArray, sizeOf, type TypedArray } from '@deepstruct/tensor'
import { encodeMessage, type Message } from '../protobuf/message.ts'
import {
  domainOf,
  type Extent,
  externalTensorMessage,
  graphMessage,
  modelMessage,
  nodeMessage,
  tensorMessage,
  valueMessage,
} from '../protobuf/onnx-messages.ts'
import { type Scopes, scopesOf } from './scopes.ts'
import type { Body, ElementType, Node, Value } from './value.ts'

/** A graph as it was traced. */
export interface Traced {
  /** All nodes, operands before their uses; some may not be needed. */
  readonly nodes: readonly Node[]
  /** The arguments. */
  readonly inputs: readonly Value[]
  /** The results. */
  readonly outputs: readonly Value[]
}

/** What a graph looks like from outside. */
export interface Interface {
  /** The name of each argument. */
  readonly inputNames: readonly string[]
  /** The name of each result. */
  readonly outputNames: readonly string[]
  /** The extents of each argument, where they differ from those that it was traced with. */
  readonly inputShapes?: readonly (readonly Extent[])[]
  /** The extents of each result, where they are not those that it was traced with; without any, they are left to the runtime. */
  readonly outputShapes?: readonly (readonly Extent[] | undefined)[]
  /** Arguments that are given once and for all. */
  readonly constants?: ReadonlyMap<Value, NDArray>
  /** Notes to store. */
  readonly notes?: Readonly<Record<string, string>>
  /** The release that wrote it. */
  readonly version?: string
}

/** An ONNX model whose largest constants lie beside it. */
export interface ModelInParts {
  /** The model. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** The elements of those constants: no copies, but the arrays themselves. */
  readonly externalData: readonly ExternalData[]
}

/** The elements of a constant, under the name that the model has for them. */
export interface ExternalData {
  /** The name. */
  readonly path: string
  /** The elements. */
  readonly data: Uint8Array
}

/** What a protobuf message may hold. */
const largestMessage = 2 ** 31 - 1

/**
 * The bytes of an ONNX model, which is one protobuf message.
 *
 * @throws {@link @deepstruct/tensor!EngineError} when its constants are more than such a message can hold, 2 GB
 */
export function encode(traced: Traced, face: Interface): Uint8Array<ArrayBuffer> {
  const { bytes, externalData } = encodeInParts(traced, face, largestMessage - 2 ** 24)
  if (externalData.length > 0)
    throw new EngineError({
      function: 'encode',
      argument: 'the graph',
      got: 'more than 2 GB of constants',
      expected: 'what one ONNX file holds',
      why: 'a protobuf message has at most 2 GB',
    })
  return bytes
}

/**
 * An ONNX model; constants lie beside it once there are this many bytes in it.
 *
 * @param inlineBytes - the bytes of constants that may be in the model
 */
export function encodeInParts(traced: Traced, face: Interface, inlineBytes: number): ModelInParts {
  const scopes = scopesOf(traced.nodes, traced.outputs)
  const names = new Map<Value, string>()
  for (const [i, input] of traced.inputs.entries()) names.set(input, face.inputNames[i]!)
  for (const [i, output] of traced.outputs.entries())
    if (output.source.kind === 'node' && !names.has(output)) names.set(output, face.outputNames[i]!)
  const fixed = face.inputShapes === undefined
  const fresh = freshNames([...face.inputNames, ...face.outputNames])
  const beside = constantsBeside(inlineBytes)
  const writer = scopeWriter(scopes, names, fresh, fixed, beside, face.constants)
  const { nodes, initializers } = writer.write(
    scopes.outside,
    traced.outputs,
    (i) => face.outputNames[i]!,
  )
  const bytes = encodeMessage(
    modelMessage(
      graphMessage({
        name: 'deepstruct',
        nodes,
        initializers: [...initializers, ...beside.initializers],
        inputs: traced.inputs.map(({ dtype, shape }, i) =>
          valueMessage(face.inputNames[i]!, dtype, face.inputShapes?.[i] ?? shape),
        ),
        outputs: traced.outputs.map(({ dtype, shape }, i) =>
          valueMessage(
            face.outputNames[i]!,
            dtype,
            face.outputShapes === undefined ? (fixed ? shape : undefined) : face.outputShapes[i],
          ),
        ),
      }),
      face.notes,
      face.version,
      [...new Set([...scopes.needed].map(({ op }) => domainOf(op)))].filter(
        (domain) => domain !== '',
      ),
    ),
  )
  return { bytes, externalData: beside.externalData }
}

/** Constants that lie beside the model. */
interface ConstantsBeside {
  /** How the model speaks of them, outside of all loops. */
  readonly initializers: readonly Message[]
  /** Their elements. */
  readonly externalData: readonly ExternalData[]
  /** Counts a constant; true when it has found its place here. */
  add(name: string, dtype: ElementType, shape: readonly number[], data: Uint8Array): boolean
}

function constantsBeside(inlineBytes: number): ConstantsBeside {
  const initializers: Message[] = []
  const externalData: ExternalData[] = []
  let inline = 0
  return {
    initializers,
    externalData,
    add(name, dtype, shape, data) {
      if (inline + data.byteLength <= inlineBytes) {
        inline += data.byteLength
        return false
      }
      initializers.push(
        externalTensorMessage(name, dtype, shape, { path: name, byteLength: data.byteLength }),
      )
      externalData.push({ path: name, data })
      return true
    },
  }
}

/** A scope as it is written, and what its results are called. */
interface Written {
  readonly nodes: readonly Message[]
  readonly initializers: readonly Message[]
  readonly results: readonly string[]
}

/** Names that nothing else has. */
function freshNames(taken: readonly string[]): () => string {
  const known = new Set(taken)
  let count = 0
  return () => {
    let name = `v${count++}`
    while (known.has(name)) name = `v${count++}`
    return name
  }
}

function scopeWriter(
  scopes: Scopes,
  names: Map<Value, string>,
  fresh: () => string,
  fixed: boolean,
  beside: ConstantsBeside,
  given: ReadonlyMap<Value, NDArray> = new Map(),
): {
  /**
   * Writes a scope.
   *
   * @param copyName - what a result is called that the scope does not compute, or has handed out before
   */
  write(
    nodes: readonly Node[],
    outputs: readonly Value[],
    copyName: (output: number) => string,
  ): Written
} {
  const typed = (name: string, { dtype, shape }: Value): Message =>
    valueMessage(name, dtype, fixed ? shape : undefined)

  const bodyMessage = (op: string, body: Body): Message => {
    const inputs = body.inputs.map((value) => {
      const name = fresh()
      names.set(value, name)
      return typed(name, value)
    })
    const { nodes, initializers, results } = write(scopes.inside(body), body.outputs, fresh)
    const outputs = results.map((name, i) => typed(name, body.outputs[i]!))
    // A `Loop` tells its body the number of the step and asks whether to go on; a `Scan` does not.
    if (op === 'Scan') return graphMessage({ name: 'body', nodes, initializers, inputs, outputs })
    const [step, going, goesOn] = [fresh(), fresh(), fresh()]
    return graphMessage({
      name: 'body',
      nodes: [...nodes, identity(going, goesOn)],
      initializers,
      inputs: [valueMessage(step, 'int64', []), valueMessage(going, 'bool', []), ...inputs],
      outputs: [valueMessage(goesOn, 'bool', []), ...outputs],
    })
  }

  const write = (
    nodes: readonly Node[],
    outputs: readonly Value[],
    copyName: (output: number) => string,
  ): Written => {
    const messages: Message[] = []
    const initializers: Message[] = []
    // Constants belong to the scope that uses them: inside of a loop the runtime prepares only those that are there.
    const constants = new Map<Value, string>()
    const nameOf = (value: Value | undefined): string => {
      if (value === undefined) return ''
      const known = names.get(value) ?? constants.get(value)
      if (known !== undefined) return known
      const name = fresh()
      constants.set(value, name)
      writeConstant(value, name)
      return name
    }
    const writeConstant = (value: Value, name: string): void => {
      const { dtype, shape, source } = value
      if (source.kind === 'fill' && sizeOf(shape) > writtenElements) {
        const [element, extents] = [fresh(), fresh()]
        initializers.push(
          tensorMessage(element, dtype, [], bytesOf(dtype, [source.element])),
          tensorMessage(extents, 'int64', [shape.length], bytesOf('int64', shape)),
        )
        messages.push(
          nodeMessage({
            op: 'Expand',
            inputs: [element, extents],
            outputs: [name],
            attributes: {},
          }),
        )
      } else {
        const array = given.get(value)
        const elements = array === undefined ? elementsOf(value) : memoryOf(array.data)
        const extents = array?.shape ?? shape
        // All scopes see what is outside of them.
        if (beside.add(name, dtype, extents, elements)) names.set(value, name)
        else initializers.push(tensorMessage(name, dtype, extents, elements))
      }
    }
    for (const { op, inputs, outputs: made, attributes, body: repeated } of nodes) {
      const operands = inputs.map(nameOf)
      for (const output of made) if (!names.has(output)) names.set(output, fresh())
      messages.push(
        nodeMessage({
          op,
          inputs: operands,
          outputs: made.map((output) => names.get(output)!),
          attributes,
          ...(repeated && { body: bodyMessage(op, repeated) }),
        }),
      )
    }
    // A scope hands out what it computes itself, each value once.
    const own = new Set(nodes.flatMap((node) => node.outputs))
    const results = outputs.map((value, i) => {
      const name = nameOf(value)
      if (own.delete(value)) return name
      const copy = copyName(i)
      messages.push(identity(name, copy))
      return copy
    })
    return { nodes: messages, initializers, results }
  }
  return { write }
}

function identity(from: string, to: string): Message {
  return nodeMessage({ op: 'Identity', inputs: [from], outputs: [to], attributes: {} })
}

/** Repeated elements up to this many are written out. */
const writtenElements = 64

function elementsOf({ dtype, shape, source }: Value): Uint8Array {
  if (source.kind === 'data') return memoryOf(source.data)
  if (source.kind === 'integers') return bytesOf('int64', source.integers)
  if (source.kind === 'fill')
    return bytesOf(dtype, Array<number>(sizeOf(shape)).fill(source.element))
  throw new TypeError(`a value of kind ${source.kind} is no constant`)
}

function bytesOf(dtype: ElementType, elements: readonly number[]): Uint8Array {
  switch (dtype) {
    case 'float32':
      return memoryOf(Float32Array.from(elements))
    case 'int32':
      return memoryOf(Int32Array.from(elements))
    case 'bool':
      return Uint8Array.from(elements)
    case 'int64':
      return memoryOf(BigInt64Array.from(elements, BigInt))
  }
}

function memoryOf({ buffer, byteOffset, byteLength }: TypedArray | BigInt64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}
