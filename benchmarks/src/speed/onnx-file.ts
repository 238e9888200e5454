import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import type { NDArray } from '@deepstruct/tensor'

/** A node of one output; its attributes are floats. */
export interface OnnxNode {
  readonly op: string
  readonly inputs: readonly string[]
  readonly output: string
  readonly floats: Readonly<Record<string, number>>
}

/** A graph of float32 with one argument and one result. */
export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[]
  readonly constants: Readonly<Record<string, NDArray>>
  readonly input: { readonly name: string; readonly shape: readonly number[] }
  readonly output: { readonly name: string; readonly shape: readonly number[] }
}

type Write = (writer: BinaryWriter) => unknown

const float32 = 1

/**
 * The bytes of an ONNX file: only what a graph written by hand needs, apart from the writer of the compiled engine, so that the two can be
 * compared.
 */
export function modelBytes(graph: OnnxGraph): Uint8Array {
  const writer = new BinaryWriter()
  integer(1, 10)(writer) // the version of the format
  message(7, graphFields(graph))(writer)
  message(8, [text(1, ''), integer(2, 21)])(writer) // the version of the operators
  return writer.finish()
}

function graphFields({ nodes, constants, input, output }: OnnxGraph): Write[] {
  return [
    ...nodes.map(({ op, inputs, output: result, floats }) =>
      message(1, [
        ...inputs.map((name) => text(1, name)),
        text(2, result),
        text(4, op),
        ...Object.entries(floats).map(([name, value]) =>
          message(5, [text(1, name), float(2, value), integer(20, 1)]),
        ),
      ]),
    ),
    text(2, 'by hand'),
    ...Object.entries(constants).map(([name, { shape, data }]) =>
      message(5, [
        ...shape.map((extent) => integer(1, extent)),
        integer(2, float32),
        text(8, name),
        (writer) =>
          writer
            .tag(9, WireType.LengthDelimited)
            .bytes(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
      ]),
    ),
    message(11, place(input)),
    message(12, place(output)),
  ]
}

/** The name, type and shape of an argument or result. */
function place({ name, shape }: OnnxGraph['input']): Write[] {
  const extents = shape.map((extent) => message(1, [integer(1, extent)]))
  return [text(1, name), message(2, [message(1, [integer(1, float32), message(2, extents)])])]
}

function message(number: number, fields: readonly Write[]): Write {
  return (writer) => {
    writer.tag(number, WireType.LengthDelimited).fork()
    for (const write of fields) write(writer)
    writer.join()
  }
}

function text(number: number, value: string): Write {
  return (writer) => writer.tag(number, WireType.LengthDelimited).string(value)
}

function integer(number: number, value: number): Write {
  return (writer) => writer.tag(number, WireType.Varint).int64(value)
}

function float(number: number, value: number): Write {
  return (writer) => writer.tag(number, WireType.Bit32).float(value)
}
