import type { Attribute, ElementType } from '../graph/value.ts'
import type { Field, Message } from './message.ts'

// The numbers are those of onnx.proto3, IR version 10. What is not needed here is left out.

const elementTypes: Readonly<Record<ElementType, number>> = {
  float32: 1,
  int32: 6,
  int64: 7,
  bool: 9,
}

/** An extent: a number, or the name of one that is not fixed. */
export type Extent = number | string

/** ModelProto: a graph for opset 21 and the first release of further operators, with notes for whoever opens it, and the release that wrote it. */
export function modelMessage(
  graph: Message,
  notes: Readonly<Record<string, string>> = {},
  version?: string,
  domains: readonly string[] = [],
): Message {
  return [
    { number: 1, integer: 10 },
    { number: 2, text: 'deepstruct' },
    ...(version === undefined ? [] : [{ number: 3, text: version }]),
    { number: 7, message: graph },
    ...[['', 21] as const, ...domains.map((domain) => [domain, 1] as const)].map(
      ([domain, opset]) => ({
        number: 8,
        message: [
          { number: 1, text: domain },
          { number: 2, integer: opset },
        ],
      }),
    ),
    ...Object.entries(notes).map(([key, value]) => ({
      number: 14,
      message: [
        { number: 1, text: key },
        { number: 2, text: value },
      ],
    })),
  ]
}

/** GraphProto. */
export function graphMessage(parts: {
  readonly name: string
  readonly nodes: readonly Message[]
  readonly initializers: readonly Message[]
  readonly inputs: readonly Message[]
  readonly outputs: readonly Message[]
}): Message {
  const all = (number: number, messages: readonly Message[]): Field[] =>
    messages.map((message) => ({ number, message }))
  return [
    ...all(1, parts.nodes),
    { number: 2, text: parts.name },
    ...all(5, parts.initializers),
    ...all(11, parts.inputs),
    ...all(12, parts.outputs),
  ]
}

/** NodeProto; an operator that is none of ONNX stands behind its domain and a point. */
export function nodeMessage(parts: {
  readonly op: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Readonly<Record<string, Attribute>>
  readonly body?: Message
}): Message {
  const domain = domainOf(parts.op)
  return [
    ...parts.inputs.map((text) => ({ number: 1, text })),
    ...parts.outputs.map((text) => ({ number: 2, text })),
    { number: 4, text: parts.op.slice(parts.op.lastIndexOf('.') + 1) },
    ...Object.entries(parts.attributes).map(([name, value]) => ({
      number: 5,
      message: [{ number: 1, text: name }, ...attributeFields(value)],
    })),
    ...(domain === '' ? [] : [{ number: 7, text: domain }]),
    ...(parts.body === undefined
      ? []
      : [
          {
            number: 5,
            message: [
              { number: 1, text: 'body' },
              { number: 6, message: parts.body },
              { number: 20, integer: 5 },
            ],
          },
        ]),
  ]
}

/** Where an operator is defined; '' for those of ONNX. */
export function domainOf(op: string): string {
  return op.slice(0, Math.max(op.lastIndexOf('.'), 0))
}

function attributeFields(value: Attribute): Message {
  if (typeof value === 'number')
    return [
      { number: 3, integer: value },
      { number: 20, integer: 2 },
    ]
  if (typeof value === 'string')
    return [
      { number: 4, bytes: new TextEncoder().encode(value) },
      { number: 20, integer: 3 },
    ]
  if ('float' in value)
    return [
      { number: 2, float: value.float },
      { number: 20, integer: 1 },
    ]
  return [
    { number: 8, integers: value },
    { number: 20, integer: 7 },
  ]
}

/** TensorProto: a named constant, its elements in little-endian bytes. */
export function tensorMessage(
  name: string,
  dtype: ElementType,
  shape: readonly number[],
  bytes: Uint8Array,
): Message {
  return [
    { number: 1, integers: shape },
    { number: 2, integer: elementTypes[dtype] },
    { number: 8, text: name },
    { number: 9, bytes },
  ]
}

/** TensorProto: a named constant whose elements lie beside the model, under a name of their own. */
export function externalTensorMessage(
  name: string,
  dtype: ElementType,
  shape: readonly number[],
  place: { readonly path: string; readonly byteLength: number },
): Message {
  const entry = (key: string, value: string): Field => ({
    number: 13,
    message: [
      { number: 1, text: key },
      { number: 2, text: value },
    ],
  })
  return [
    { number: 1, integers: shape },
    { number: 2, integer: elementTypes[dtype] },
    { number: 8, text: name },
    entry('location', place.path),
    entry('offset', '0'),
    entry('length', String(place.byteLength)),
    { number: 14, integer: 1 },
  ]
}

/** ValueInfoProto: the name and type of an input or output; the shape may be left to the runtime. */
export function valueMessage(
  name: string,
  dtype: ElementType,
  shape: readonly Extent[] | undefined,
): Message {
  const extents = shape?.map((extent) => ({
    number: 1,
    message: [
      typeof extent === 'number' ? { number: 1, integer: extent } : { number: 2, text: extent },
    ],
  }))
  const tensor: Message = [
    { number: 1, integer: elementTypes[dtype] },
    ...(extents === undefined ? [] : [{ number: 2, message: extents }]),
  ]
  return [
    { number: 1, text: name },
    { number: 2, message: [{ number: 1, message: tensor }] },
  ]
}
