import { DomainError, type Random } from '@deepstruct/tensor'
import type { Dataset } from './multilabel.ts'

/**
 * Splits a data set in two by a random permutation: `[rest, part]`, where `part` has the given share of the examples. So a dev
 * split is carved from the training examples, never from the test examples.
 *
 * @param dataset - what to split; both results are of its own kind
 * @param fraction - the share of `part`, in $(0, 1)$; its size is rounded, and neither part is empty
 * @param random - where the permutation comes from
 * @throws `DomainError` when the fraction is outside $(0, 1)$ or there are fewer than two examples
 *
 * @example
 * ```ts
 * import { split, syntheticMultilabel } from '@deepstruct/datasets'
 * import { random } from '@deepstruct/tensor'
 *
 * const [train, dev] = split(syntheticMultilabel({ seed: 0 }).train, 0.1, random(0))
 * ```
 */
export function split<D extends Dataset<unknown>>(
  dataset: D,
  fraction: number,
  random: Random,
): readonly [rest: ReturnType<D['subset']>, part: ReturnType<D['subset']>] {
  if (!(fraction > 0 && fraction < 1))
    throw new DomainError({
      function: 'split',
      argument: 'fraction',
      got: String(fraction),
      expected: 'a number between 0 and 1, both excluded',
    })
  if (dataset.size < 2)
    throw new DomainError({
      function: 'split',
      argument: 'dataset',
      got: `of ${dataset.size} examples`,
      expected: 'two or more',
    })
  const order = random.permutation(dataset.size)
  const count = Math.min(dataset.size - 1, Math.max(1, Math.round(fraction * dataset.size)))
  // A subset is of the data set's own kind, which the type of the interface's method cannot say for a generic D.
  const take = (rows: Int32Array): ReturnType<D['subset']> =>
    dataset.subset(rows) as ReturnType<D['subset']>
  return [take(order.slice(count)), take(order.slice(0, count))]
}
