import { add, type Host } from '@deepstruct/tensor'
import { type ValueNetwork, valueNetwork } from './value-network.ts'

/** One of each network of a {@link sumOfValues}: features, dropout masks; a type and no interface, so that it counts as a tree. */
export type OfBoth<A, B> = {
  /** Of the first network. */
  readonly first: A
  /** Of the second network. */
  readonly second: B
}

/**
 * The value network whose logit is the sum of those of two networks of the same outputs.
 *
 * $$
 * v(x, y) = \sigma(z_1(x, y) + z_2(x, y))
 * $$
 *
 * Its parameters are those of both; a part that has the same name is shared, and starts as that of the second. Dropout masks, if there are any,
 * are an {@link OfBoth}. Domain and start are those of the first.
 */
export function sumOfValues<P, F, Q, G>(
  first: ValueNetwork<P, F>,
  second: ValueNetwork<Q, G>,
): ValueNetwork<P & Q, OfBoth<F, G>> {
  const { start } = first
  return valueNetwork<P & Q, OfBoth<F, G>>({
    // The compiler cannot tell that the arrays of both are those of each.
    init: (random) => ({ ...first.init(random), ...second.init(random) }) as Host<P & Q>,
    encode(params, x, noise) {
      const masks = (noise ?? {}) as Partial<OfBoth<unknown, unknown>>
      return {
        first: first.encode(params, x, masks.first),
        second: second.encode(params, x, masks.second),
      }
    },
    score: (params, features, y) =>
      add(first.score(params, features.first, y), second.score(params, features.second, y)),
    domain: ({ first: features }) => first.domain(features),
    ...(start && { start: (params, { first: features }) => start(params, features) }),
  })
}
