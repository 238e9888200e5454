import { array, DomainError, ModelFileError } from '@deepstruct/tensor'
import { describe, expect, it } from 'vitest'
import {
  decodeModel,
  decodeSafetensors,
  encodeModel,
  encodeSafetensors,
  MODEL_FORMAT,
  type NewModelFile,
} from '../index.ts'

const model: NewModelFile = {
  task: 'multilabel',
  family: 'spen',
  configuration: { hidden: [150, 150], energy: { kind: 'label', units: 16 }, dropout: null },
  labelNames: ['sunny', 'größer'],
  inputs: { count: 2, standardizer: { kind: 'affine', mean: [0.1, 1 / 3], scale: [1, 2] } },
  threshold: 0.31,
  dataDigest: 'sha256:00ff',
  parameters: { layers: [{ kernel: array([[1], [2]]), bias: array([0]) }], rest: [] },
  createdBy: '0.1.0',
}

describe('a model file', () => {
  it('comes back as it was written', () => {
    expect(decodeModel(encodeModel(model))).toStrictEqual({ ...model, format: MODEL_FORMAT })
  })

  it('needs neither label names nor a standardizer', () => {
    const { labelNames: _, ...plain } = model
    const small = { ...plain, inputs: { count: 2 } }
    expect(decodeModel(encodeModel(small))).toStrictEqual({ ...small, format: MODEL_FORMAT })
    const identity = { count: 2, standardizer: { kind: 'identity' } } as const
    expect(decodeModel(encodeModel({ ...plain, inputs: identity })).inputs).toStrictEqual(identity)
  })

  it('is for label sets where it does not say otherwise', () => {
    const bytes = rewritten((description) => ({ ...description, task: undefined }))
    expect(decodeModel(bytes)).toStrictEqual({ ...model, format: MODEL_FORMAT })
    const { task: _, ...silent } = model
    expect(decodeModel(encodeModel(silent)).task).toBe('multilabel')
  })

  it('keeps the task and the shape of images', () => {
    const { labelNames: _, ...rest } = model
    const images = { ...rest, task: 'segmentation', inputs: { count: 24, shape: [2, 4, 3] } }
    expect(decodeModel(encodeModel(images))).toStrictEqual({ ...images, format: MODEL_FORMAT })
  })

  it('is safetensors with dotted names and one JSON document', () => {
    const { tensors, metadata } = decodeSafetensors(encodeModel(model))
    expect(Object.keys(tensors).toSorted()).toEqual(['layers.0.bias', 'layers.0.kernel', 'rest.[]'])
    expect(JSON.parse(metadata['deepstruct'] ?? '')).toMatchObject({ format: 1, family: 'spen' })
  })

  it('of an older or equal format ignores fields that it does not know', () => {
    const bytes = rewritten((description) => ({ ...description, invented: { later: true } }))
    expect(decodeModel(bytes)).toStrictEqual({ ...model, format: MODEL_FORMAT })
  })

  it('of a newer format is refused before anything else is read', () => {
    const bytes = rewritten(() => ({ format: MODEL_FORMAT + 1 }))
    const decode = (): unknown => decodeModel(bytes, { file: 'm.safetensors' })
    expect(decode).toThrow(ModelFileError)
    expect(decode).toThrow(
      'm.safetensors: decodeModel: the format is 2, expected 1 or earlier (a newer release',
    )
  })

  it.each([
    ['format', undefined, 'format is missing, expected number'],
    ['format', 0, 'format is 0'],
    ['task', '', 'task is ""'],
    ['task', 7, 'task is 7, expected string'],
    [
      'inputs',
      { count: 24, shape: [2, 4] },
      'inputs.shape is [2,4], expected extents whose product',
    ],
    ['inputs', { count: 1, shape: [] }, 'inputs.shape is []'],
    ['inputs', { count: 1, shape: [0.5, 2] }, 'inputs.shape.0 is 0.5'],
    ['family', '', 'family is ""'],
    ['family', 3, 'family is 3, expected string'],
    ['configuration', [], 'configuration is []'],
    ['labelNames', ['a', 'a'], 'labelNames is ["a","a"], expected each name once'],
    ['inputs', { count: 0 }, 'inputs.count is 0'],
    ['inputs', { count: 1.5 }, 'inputs.count is 1.5'],
    [
      'inputs',
      { count: 2, standardizer: { kind: 'affine', mean: [1], scale: [1] } },
      'inputs.standardizer is {"kind":"affine","mean":[1],"scale":[1]}, expected one mean',
    ],
    [
      'inputs',
      { count: 1, standardizer: { kind: 'affine', mean: [1], scale: [0] } },
      'inputs.standardizer.scale.0 is 0, expected a number other than 0',
    ],
    ['inputs', { count: 1, standardizer: { kind: 'rank' } }, 'inputs.standardizer.kind is "rank"'],
    ['threshold', null, 'threshold is null, expected number'],
    ['threshold', '0.5', 'threshold is "0.5", expected number'],
    ['dataDigest', undefined, 'dataDigest is missing, expected string'],
    ['createdBy', undefined, 'createdBy is missing, expected string'],
  ])('with a bad %s (%j) is refused', (field, value, message) => {
    const bytes = rewritten((description) => ({ ...description, [field]: value }))
    const decode = (): unknown => decodeModel(bytes, { file: 'm.safetensors' })
    expect(decode).toThrow(ModelFileError)
    expect(decode).toThrow(`m.safetensors: decodeModel: ${message}`)
  })

  it('of another program is refused', () => {
    const bytes = encodeSafetensors({ weight: array([1]) }, { format: 'pt' })
    expect(() => decodeModel(bytes)).toThrow(ModelFileError)
    expect(() => decodeModel(bytes)).toThrow('the metadata is without the key deepstruct')
  })

  it('with a broken description or broken names is refused', () => {
    expect(() => decodeModel(encodeSafetensors({}, { deepstruct: '{' }))).toThrow(ModelFileError)
    expect(() => decodeModel(encodeSafetensors({}, { deepstruct: '{"a":1,"a":2}' }))).toThrow(
      'the description is one with the key a twice',
    )
    expect(() => decodeModel(encodeSafetensors({}, { deepstruct: 'null' }))).toThrow(ModelFileError)
    const { metadata } = decodeSafetensors(encodeModel(model))
    const names = encodeSafetensors({ 'a.1': array([1]) }, metadata)
    expect(() => decodeModel(names, { file: 'm' })).toThrow('m: tensorsToParameters: tensor "a.1"')
  })

  it('cut off anywhere, or with a changed byte anywhere, gives only typed errors', () => {
    const bytes = encodeModel(model)
    for (let at = 0; at < bytes.length; at++) {
      expect(() => decodeModel(bytes.subarray(0, at))).toThrow(ModelFileError)
      const damaged = bytes.slice()
      damaged[at] = (damaged[at] ?? 0) ^ 1
      expect(isReadOrRefused(damaged)).toBe(true)
    }
  })

  it('that could not be read is not written', () => {
    const bad: readonly (readonly [Partial<NewModelFile>, string])[] = [
      [{ threshold: Number.NaN }, 'encodeModel: threshold is NaN, expected number'],
      [{ configuration: { rate: Infinity } }, 'encodeModel: configuration.rate is Infinity'],
      [{ inputs: { count: 0 } }, 'encodeModel: inputs.count is 0'],
      [{ family: '' }, 'encodeModel: family is ""'],
    ]
    for (const [change, message] of bad) {
      expect(() => encodeModel({ ...model, ...change })).toThrow(DomainError)
      expect(() => encodeModel({ ...model, ...change })).toThrow(message)
    }
  })
})

function rewritten(change: (description: object) => object): Uint8Array {
  const { tensors, metadata } = decodeSafetensors(encodeModel(model))
  const description: object = JSON.parse(metadata['deepstruct'] ?? '')
  return encodeSafetensors(tensors, { deepstruct: JSON.stringify(change(description)) })
}

function isReadOrRefused(bytes: Uint8Array): boolean {
  try {
    return decodeModel(bytes).format === MODEL_FORMAT
  } catch (error) {
    return error instanceof ModelFileError
  }
}
