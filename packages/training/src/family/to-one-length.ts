import { filled, type NDArray } from '@deepstruct/tensor'
import type { Scored } from './evaluate-multilabel.ts'

/** Blocks of predictions whose second axes are all as long as the longest, padded by 0. */
export function toOneLength(
  blocks: readonly [Scored, ...Scored[]],
): readonly [Scored, ...Scored[]] {
  const [first, ...others] = blocks
  const length = Math.max(...blocks.map(({ labels }) => labels.shape[1] ?? 0))
  if (blocks.every(({ labels }) => labels.shape[1] === length)) return blocks
  const pad = ({ scores, labels, energies }: Scored): Scored => ({
    scores: padded(scores, length),
    labels: padded(labels, length),
    energies,
  })
  return [pad(first), ...others.map(pad)]
}

/** `[examples, from, …]` as `[examples, length, …]`. */
function padded({ data, shape, dtype }: NDArray, length: number): NDArray {
  const [examples = 0, from = 0, ...rest] = shape
  if (from === length) return { data, shape, dtype }
  const width = data.length / (examples * from)
  const all = filled([examples, length, ...rest], 0, dtype)
  for (let row = 0; row < examples; row++)
    all.data.set(data.subarray(row * from * width, (row + 1) * from * width), row * length * width)
  return all
}
