import * as tf from '@tensorflow/tfjs-core'
import { reducedShape } from '../ops/reduced-shape.ts'

const replacements = new WeakSet<tf.KernelFunc>()

/** Replaces two kernels of the wasm backend: one is slow, one inexact, and unwritten where nothing is summed. */
export function replaceWasmKernels(): void {
  replace('BatchMatMul', transposedFirst)
  replace('Sum', (plain, transpose) => zeroOfNothing(inTwoSteps(plain, transpose)))
}

function replace(name: string, better: (plain: Kernel, transpose: Kernel) => Kernel): void {
  const config = tf.getKernel(name, 'wasm')
  if (replacements.has(config.kernelFunc)) return
  const kernelOf =
    ({ kernelFunc }: tf.KernelConfig): Kernel =>
    (inputs, attrs, backend) =>
      kernelFunc({ inputs: { ...inputs }, attrs: { ...attrs }, backend }) as tf.TensorInfo
  const kernel = better(kernelOf(config), kernelOf(tf.getKernel('Transpose', 'wasm')))
  const kernelFunc: tf.KernelFunc = ({ inputs, attrs, backend }) =>
    kernel(inputs as Inputs, attrs as Attributes, backend as tf.KernelBackend)
  replacements.add(kernelFunc)
  tf.unregisterKernel(name, 'wasm')
  tf.registerKernel({ ...config, kernelFunc })
}

type Inputs = Readonly<Record<string, tf.TensorInfo>>
type Attributes = Readonly<Record<string, boolean | number | readonly number[]>>
type Kernel = (inputs: Inputs, attrs: Attributes, backend: tf.KernelBackend) => tf.TensorInfo

/**
 * Products with a transposed factor: the kernel takes its optimized path for plain products only, and transposing first is about ten
 * times faster than the other path. Gradients of a product are such products.
 */
function transposedFirst(plain: Kernel, transpose: Kernel): Kernel {
  return (inputs, attrs, backend) => {
    const { a, b } = inputs as Record<'a' | 'b', tf.TensorInfo>
    const { transposeA, transposeB } = attrs
    const inBatch = [a, b].some(({ shape }) => shape.slice(0, -2).some((extent) => extent !== 1))
    if (inBatch || (!transposeA && !transposeB)) return plain(inputs, attrs, backend)
    const swapped = (x: tf.TensorInfo): tf.TensorInfo => {
      const axes = [...x.shape.keys()]
      const perm = [...axes.slice(0, -2), axes.length - 1, axes.length - 2]
      return transpose({ x }, { perm }, backend)
    }
    const [left, right] = [transposeA ? swapped(a) : a, transposeB ? swapped(b) : b]
    const none = { transposeA: false, transposeB: false }
    const product = plain({ a: left, b: right }, none, backend)
    if (transposeA) backend.disposeData(left.dataId)
    if (transposeB) backend.disposeData(right.dataId)
    return product
  }
}

/** Sums of nothing: the kernel leaves there what the memory held. */
function zeroOfNothing(sum: Kernel): Kernel {
  return (inputs, attrs, backend) => {
    const { x } = inputs as Record<'x', tf.TensorInfo>
    if (tf.util.sizeFromShape(x.shape) !== 0) return sum(inputs, attrs, backend)
    const { axis, keepDims } = attrs as unknown as ReductionAttributes
    const shape = reducedShape(x.shape, axis, keepDims)
    const zeros = tf.util.makeZerosTypedArray(
      tf.util.sizeFromShape(shape),
      x.dtype as 'float32' | 'int32' | 'bool',
    )
    return { dataId: backend.write(zeros, shape, x.dtype), shape, dtype: x.dtype }
  }
}

interface ReductionAttributes {
  /** Over all axes when left out, which the types of tfjs do not say. */
  readonly axis?: number | number[]
  readonly keepDims: boolean
}

/**
 * Long sums: the kernel adds one number after the other in single precision, so that 10,000 terms are off by 1e-5. Sums of sums are as
 * exact as on other backends.
 */
function inTwoSteps(plain: Kernel, transpose: Kernel): Kernel {
  return (inputs, attrs, backend) => {
    const { x } = inputs as Record<'x', tf.TensorInfo>
    const { axis, keepDims } = attrs as unknown as ReductionAttributes
    const summed = tf.util.parseAxisParam(axis!, x.shape)
    const kept = [...x.shape.keys()].filter((a) => !summed.includes(a))
    const terms = tf.util.sizeFromShape(summed.map((a) => x.shape[a]!))
    const chunk = largestFactor(terms)
    if (x.dtype !== 'float32' || terms < 128 || chunk === 1) return plain(inputs, attrs, backend)
    const perm = [...kept, ...summed]
    const inOrder = perm.every((a, i) => a === i)
    const { dataId } = inOrder ? x : transpose(inputs, { perm }, backend)
    const sums = tf.util.sizeFromShape(kept.map((a) => x.shape[a]!))
    const last = { axis: [2], keepDims: false }
    const parts = plain(
      { x: { dataId, shape: [1, sums * (terms / chunk), chunk], dtype: x.dtype } },
      last,
      backend,
    )
    if (!inOrder) backend.disposeData(dataId)
    const total = plain({ x: { ...parts, shape: [1, sums, terms / chunk] } }, last, backend)
    backend.disposeData(parts.dataId)
    return { ...total, shape: reducedShape(x.shape, axis, keepDims) }
  }
}

/** The largest factor up to the square root. */
function largestFactor(n: number): number {
  let factor = Math.floor(Math.sqrt(n))
  while (factor > 1 && n % factor !== 0) factor--
  return Math.max(factor, 1)
}
