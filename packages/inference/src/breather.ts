/**
 * Lets timers, signals and input have their turn now and then in work of many steps: eager engines never leave the microtask queue
 * otherwise.
 *
 * @param every - milliseconds between two pauses
 * @returns what is awaited after each step
 */
export function breather(every = 50): () => Promise<void> {
  let last = performance.now()
  return async () => {
    if (performance.now() - last < every) return
    await new Promise((resolve) => setTimeout(resolve, 0))
    last = performance.now()
  }
}
