import { conformance, opCases } from '@deepstruct/tensor/conformance'
import { describe } from 'vitest'
import { onnxEngine } from './onnx-engine.ts'

describe('ops on onnx', () => {
  conformance(() => onnxEngine(), opCases)
})
