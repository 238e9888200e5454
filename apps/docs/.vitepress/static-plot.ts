import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'

/** A plot as static HTML: drawn when the site is built, so that a page loads no library. */
export function staticPlot(options: Plot.PlotOptions): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>')
  const drawn = Plot.plot({ document, ...options }) as unknown as {
    readonly outerHTML: string
    querySelectorAll(selector: string): Iterable<{ remove(): void }>
  }
  // The page has rules of its own; those of each plot would hold for all others too.
  for (const rules of drawn.querySelectorAll('style')) rules.remove()
  return drawn.outerHTML
}
