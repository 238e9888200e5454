import * as tf from '@tensorflow/tfjs-core'

/**
 * Gives a backend every kernel that it lacks and another one has: the inputs are copied over, the other backend computes, the
 * outputs are copied back. Slow for large arrays, but training goes on where it would have failed.
 */
export function installFallbackKernels(lacking: string, complete: string): void {
  const present = new Set(tf.getKernelsForBackend(lacking).map(({ kernelName }) => kernelName))
  for (const { kernelName, kernelFunc } of tf.getKernelsForBackend(complete))
    if (!present.has(kernelName))
      tf.registerKernel({
        kernelName,
        backendName: lacking,
        kernelFunc: borrowed(kernelFunc, complete),
      })
}

interface CpuLike extends tf.KernelBackend {
  makeTensorInfo(shape: number[], dtype: tf.DataType, values: tf.TypedArray): tf.TensorInfo
}

function borrowed(kernel: tf.KernelFunc, complete: string): tf.KernelFunc {
  return ({ inputs, attrs = {}, backend }) => {
    const here = backend as tf.KernelBackend
    const there = tf.engine().findBackend(complete) as CpuLike
    const copies = Object.entries(inputs).map(([name, info]) => {
      if (info === undefined) return [name, info] as const
      const values = here.readSync(info.dataId) as tf.TypedArray
      return [name, there.makeTensorInfo(info.shape, info.dtype, values)] as const
    })
    const result = kernel({
      inputs: Object.fromEntries<tf.TensorInfo | undefined>(copies),
      attrs,
      backend: there,
    })
    const outputs = Array.isArray(result) ? result : [result]
    const moved = outputs.map(({ dataId, shape, dtype }) => ({
      dataId: here.write(there.readSync(dataId) as tf.TypedArray, shape, dtype),
      shape,
      dtype,
    }))
    const borrowedIds = new Set([
      ...copies.flatMap(([, copy]) => copy?.dataId ?? []),
      ...outputs.map(({ dataId }) => dataId),
    ])
    for (const dataId of borrowedIds) there.disposeData(dataId)
    return Array.isArray(result) ? moved : (moved[0] as tf.TensorInfo)
  }
}
