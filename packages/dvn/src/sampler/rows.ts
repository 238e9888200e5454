import { reshape, type Tensor } from '@deepstruct/tensor'

/** One number a row, `[batch]`, with axes of extent 1 so that it broadcasts over the rows of `like`. */
export function perRow(values: Tensor, like: Tensor): Tensor {
  return reshape(values, [-1, ...like.shape.slice(1).map(() => 1)])
}
