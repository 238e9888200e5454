// Losses and metrics for code that is written in tfjs and has no use for the rest: they take its tensors, and tf.grad and
// optimizers see through them.
import { binaryCrossEntropyWithLogits, dice } from '@deepstruct/losses'
import { eagerEngine } from '@deepstruct/tensor'
import * as tf from '@tensorflow/tfjs-core'

/** Fits a linear map to labels with a tfjs optimizer, by the sum of two losses. */
export async function main(): Promise<{ readonly first: number; readonly last: number }> {
  // Loads the backend; the plain one needs no further package.
  await eagerEngine({ backend: 'cpu' })

  const x = tf.randomNormal([64, 5], 0, 1, 'float32', 1)
  const hidden = tf.randomNormal([5, 3], 0, 1, 'float32', 2)
  const y = tf.tidy(() => tf.cast(tf.greater(tf.matMul(x, hidden), 0), 'float32'))
  const weights = tf.variable(tf.zeros([5, 3]))

  const loss = (): tf.Scalar =>
    tf.tidy(() => {
      const logits = tf.matMul(x, weights)
      const entropy = binaryCrossEntropyWithLogits(logits, y)
      return tf.add<tf.Scalar>(entropy, dice(tf.sigmoid(logits), y))
    })

  // One gradient by hand: at zero every label has the probability one half.
  const slope = tf.grad((z: tf.Tensor) => binaryCrossEntropyWithLogits(z, tf.ones([1, 3])))
  tf.tidy(() => slope(tf.zeros([1, 3])).print()) // -0.5 for each label

  const optimizer = tf.train.adam(0.1)
  const value = (): number => {
    const scalar = loss()
    const [number = NaN] = scalar.dataSync()
    scalar.dispose()
    return number
  }
  const first = value()
  for (let step = 0; step < 100; step++) optimizer.minimize(loss)
  const last = value()
  console.log(
    `loss ${first.toFixed(3)} before, ${last.toFixed(3)} after 100 steps of tf.train.adam`,
  )

  tf.dispose([x, hidden, y, weights])
  optimizer.dispose()
  return { first, last }
}

if (process.argv[1] === import.meta.filename) await main()
