import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'

/** A field of a protobuf message. */
export type Field =
  | { readonly number: number; readonly integer: number }
  | { readonly number: number; readonly integers: readonly number[] }
  | { readonly number: number; readonly float: number }
  | { readonly number: number; readonly text: string }
  | { readonly number: number; readonly bytes: Uint8Array }
  | { readonly number: number; readonly message: Message }

/** A protobuf message: its fields in the order they are written. */
export type Message = readonly Field[]

/** The bytes of a message. */
export function encodeMessage(message: Message): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter()
  write(writer, message)
  return writer.finish()
}

function write(writer: BinaryWriter, message: Message): void {
  for (const field of message) {
    const { number } = field
    if ('integer' in field) writer.tag(number, WireType.Varint).int64(field.integer)
    else if ('integers' in field) {
      writer.tag(number, WireType.LengthDelimited).fork()
      for (const integer of field.integers) writer.int64(integer)
      writer.join()
    } else if ('float' in field) writer.tag(number, WireType.Bit32).float(field.float)
    else if ('text' in field) writer.tag(number, WireType.LengthDelimited).string(field.text)
    else if ('bytes' in field) writer.tag(number, WireType.LengthDelimited).bytes(field.bytes)
    else {
      writer.tag(number, WireType.LengthDelimited).fork()
      write(writer, field.message)
      writer.join()
    }
  }
}
