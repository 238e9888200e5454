import { getGradient } from '@tensorflow/tfjs-core'

/** Registers the gradients of tfjs's kernels where they are missing; for engines. */
export async function loadGradients(): Promise<void> {
  // In Node, tfjs-core registers no gradients of its own; where the user's tfjs has, they are left alone.
  if (getGradient('Add') === undefined) await import('#gradients')
}
