/**
 * The operators of ONNX Runtime on images of the layout `[batch, channels / b, height, width, b]`, which it lists as
 * `[batch, channels, height, width]` all the same.
 */
export function blockedOp(name: 'Conv' | 'ReorderInput' | 'ReorderOutput'): string {
  return `com.microsoft.nchwc.${name}`
}
