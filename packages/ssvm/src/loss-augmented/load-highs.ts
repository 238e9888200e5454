import * as highs from 'highs'
import type { Highs, InitOptions } from 'highs'

/** Starts the HiGHS solver (WebAssembly, nothing is fetched). */
export function loadHighs(): Promise<Highs> {
  // The types of the package are those of its CommonJS form, whose default export lies one level deeper than that of the ES module.
  const { default: load } = highs as unknown as {
    default: (options?: InitOptions) => Promise<Highs>
  }
  return load()
}
