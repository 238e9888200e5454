import * as tf from '@tensorflow/tfjs-core'
import { EngineError, type TypedArray, UnsupportedOpError } from '@deepstruct/tensor'
import { constantArray } from '../graph/constant-array.ts'
import { constantOf, createGraph, type Graph } from '../graph/graph.ts'
import type { ElementType, Value } from '../graph/value.ts'
import { kernelGroups } from '../kernels/all.ts'
import { reshape } from '../kernels/compose.ts'
import type { Lowering } from '../kernels/lowering.ts'
import { refuseDraws } from './without-chance.ts'

/** The name under which tfjs knows the backend. */
export const traceBackendName = 'deepstruct-trace'

/** A tfjs backend that computes nothing: its kernels add to a graph, and its data are values of that graph. */
export class TraceBackend extends tf.KernelBackend {
  readonly #values: tf.DataStorage<Value> = new tf.DataStorage(this, tf.engine())
  /** The graph under construction. */
  graph: Graph = createGraph()
  /** The function that is traced, for messages. */
  caller = 'jit'

  /** The value behind a tensor of this backend. */
  valueOf({ dataId, shape }: tf.TensorInfo): Value {
    const stored = this.#values.get(dataId)
    const value = stored.source.kind === 'node' ? stored : this.graph.constant(stored)
    const same =
      shape.length === value.shape.length && shape.every((extent, a) => extent === value.shape[a])
    return same ? value : reshape(this.graph, value, shape)
  }

  /** What tfjs makes a tensor of. */
  infoOf(value: Value): tf.TensorInfo {
    const dataId = {}
    this.#values.set(dataId, value)
    return { dataId, shape: [...value.shape], dtype: tensorType(value.dtype) }
  }

  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): object {
    refuseDraws(this.caller)
    const dataId = {}
    this.move(dataId, values, shape, dtype)
    return dataId
  }

  override move(
    dataId: object,
    values: tf.BackendValues,
    shape: number[],
    dtype: tf.DataType,
  ): void {
    if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool')
      throw new UnsupportedOpError({
        function: this.caller,
        argument: 'a tensor',
        got: `of dtype ${dtype}`,
        expected: 'float32, int32 or bool',
      })
    this.#values.set(dataId, constantOf(values as TypedArray, { shape, dtype }))
  }

  override readSync(dataId: object): tf.BackendValues {
    const value = this.#values.get(dataId)
    // A captured tensor goes back to the backend that it came from.
    if (value.source.kind === 'data' || value.source.kind === 'fill')
      return constantArray(value).data
    throw new EngineError({
      function: this.caller,
      argument: 'a tensor',
      got: 'read inside of a jitted function',
      expected: 'a computation on tensors only',
      why: 'while a function is compiled its tensors have no values yet: return what you want to read, decide with where(), demand with check()',
    })
  }

  override async read(dataId: object): Promise<tf.BackendValues> {
    return Promise.resolve(this.readSync(dataId))
  }

  override disposeData(dataId: object): boolean {
    if (this.#values.has(dataId)) this.#values.delete(dataId)
    return true
  }

  override numDataIds(): number {
    return this.#values.numDataIds()
  }

  // Values are shared in the graph, never in the storage.
  override refCount(): number {
    return 1
  }
  override incRef(): void {
    // See refCount.
  }
  decRef(): void {
    // See refCount.
  }
  override floatPrecision(): 16 | 32 {
    return 32
  }
  override epsilon(): number {
    return 1e-7
  }
  override timerAvailable(): boolean {
    return false
  }
  override memory(): { unreliable: boolean } {
    return { unreliable: true }
  }
  override dispose(): void {
    // Nothing is held outside of JavaScript.
  }
}

function tensorType(dtype: ElementType): tf.DataType {
  return dtype === 'int64' ? 'int32' : dtype
}

/** The backend, registered with its kernels at the first call. */
export function traceBackend(): TraceBackend {
  const registered = tf.findBackend(traceBackendName)
  if (registered instanceof TraceBackend) return registered
  const rules = new Map(Object.values(kernelGroups).flatMap((group) => Object.entries(group)))
  for (const [kernelName, rule] of rules)
    tf.registerKernel({ kernelName, backendName: traceBackendName, kernelFunc: tracing(rule) })
  for (const kernelName of kernelNames())
    if (!rules.has(kernelName))
      tf.registerKernel({
        kernelName,
        backendName: traceBackendName,
        kernelFunc: refusing(kernelName),
      })
  tf.registerBackend(traceBackendName, () => new TraceBackend())
  return tf.findBackend(traceBackendName) as TraceBackend
}

function tracing(rule: Lowering): tf.KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const tracer = backend as TraceBackend
    const values = Object.entries(inputs).flatMap(([name, info]) =>
      info === undefined ? [] : [[name, tracer.valueOf(info)] as const],
    )
    const result = rule(Object.fromEntries(values), attrs ?? {}, tracer.graph)
    return Array.isArray(result)
      ? result.map((value: Value) => tracer.infoOf(value))
      : tracer.infoOf(result as Value)
  }
}

function refusing(kernelName: string): tf.KernelFunc {
  return ({ backend }) => {
    const { caller } = backend as TraceBackend
    refuseDraws(caller)
    const { activeScope } = tf.engine().state
    throw new UnsupportedOpError({
      function: caller,
      argument: `the op ${activeScope.name.replace(/__op$/, '')}`,
      got: `the tfjs kernel ${kernelName}`,
      expected: 'a kernel that the compiled engine has a rule for',
      why: 'write it with the ops of @deepstruct/tensor, or run this function on an eager engine',
    })
  }
}

/** The kernels of tfjs: its constants that are named after them. */
function kernelNames(): string[] {
  return Object.entries(tf).flatMap(([name, value]) =>
    typeof value === 'string' && (value === name || value === `_${name}`) ? [value] : [],
  )
}
