import { array, square, sum, type Tensor } from '@deepstruct/tensor'
import * as ort from 'onnxruntime-node'
import { expect, it } from 'vitest'
import { argumentsOf } from '../arguments.ts'
import { kernelMemory } from '../fused/instantiate.ts'
import { noHandles } from '../held.ts'
import { modelOf } from '../model.ts'
import { sessionSettings } from '../runtime/runtime.ts'
import { trace } from '../trace/trace.ts'
import { traceBackend } from '../trace/trace-backend.ts'
import { type Answer, controlWords } from './messages.ts'
import { createPerformer } from './performer.mjs'

traceBackend()

/** A participant of its own, whose runtime refuses the first graphs that it is given. */
function performerRefusing(graphs: number) {
  const answers: Answer[] = []
  let prepared = 0
  const create = (...start: unknown[]): unknown => {
    if (prepared++ < graphs) throw new Error('bad_alloc')
    return Reflect.apply(ort.InferenceSession.create, ort.InferenceSession, start)
  }
  const { perform } = createPerformer({
    index: 0,
    count: 1,
    control: new Int32Array(new SharedArrayBuffer(4 * (controlWords.wake + controlWords.stride))),
    memory: kernelMemory(1),
    words: controlWords,
    ort: { ...ort, InferenceSession: { create } } as unknown as typeof ort,
    settings: sessionSettings('node', 1),
    wait: () => undefined,
    answer: (answer) => void answers.push(answer),
  })
  return { perform, answers, prepared: () => prepared }
}

it('prepares a graph again that was refused, and only then', async () => {
  const program = {
    name: 'squares',
    fn: (x: Tensor) => sum(square(x), 1),
    keep: [],
    donate: [],
    split: [],
  }
  const x = array([[1, 2]])
  const { arrays, rebuild } = argumentsOf(program, [x], noHandles)
  const { bytes, externalData, inputs } = modelOf(trace(program, arrays, rebuild), {
    channelBlock: 1,
  })
  const { perform, answers, prepared } = performerRefusing(2)
  const feeds = [{ name: inputs[0]!.name, array: x }]
  await perform({ kind: 'graph', graph: 7, model: bytes, externalData })
  for (let job = 0; job < 3; job++) await perform({ kind: 'run', job, graph: 7, feeds })
  expect(answers).toEqual([
    { job: 0, error: 'Error: bad_alloc' },
    { job: 1, outputs: { y0: { shape: [1], dtype: 'float32', data: Float32Array.of(5) } } },
    { job: 2, outputs: { y0: { shape: [1], dtype: 'float32', data: Float32Array.of(5) } } },
  ])
  expect(prepared()).toBe(3)
  await perform({ kind: 'forget', held: [], graphs: [7], plans: [] })
  await perform({ kind: 'run', job: 3, graph: 7, feeds })
  expect(answers.at(-1)).toEqual({ job: 3, error: 'Error: graph 7 is not known' })
})
