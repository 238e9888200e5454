import { setImmediate } from 'node:timers/promises'

/**
 * Works on the items of a stream in order. While one is worked on the next one is fetched, and no further: a slow consumer holds the stream back,
 * and a result never waits for the item after it.
 *
 * @param work - begins its work at once; what it does outside of this thread overlaps with fetching
 */
export async function* overlapped<Item, Result>(
  items: AsyncIterable<Item>,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<readonly [Item, Result]> {
  const iterator = items[Symbol.asyncIterator]()
  try {
    let item = await iterator.next()
    while (item.done !== true) {
      const working = work(item.value)
      // By the next turn of the event loop an engine with threads of its own has begun.
      const next = setImmediate().then(() => iterator.next())
      // Thrown where it is awaited below.
      next.catch(() => undefined)
      yield [item.value, await working]
      item = await next
    }
  } finally {
    // Not awaited: the stream may be waiting for input that does not come.
    void iterator.return?.()
  }
}
