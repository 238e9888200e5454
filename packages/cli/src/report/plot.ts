import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import { type Html, html } from './html.ts'

/** Colors that read on white and on black paper. */
export const palette: readonly string[] = ['#3b82d0', '#d97a26', '#2f9e73', '#b455b8', '#c2484f']

/**
 * A plot as static SVG with a caption.
 *
 * @param options - those of Observable Plot, without a document
 */
export function plot(caption: string, options: Plot.PlotOptions): Html {
  const { document } = parseHTML('<!doctype html><html><body></body></html>')
  const drawn = Plot.plot({
    document,
    width: 480,
    height: 260,
    marginLeft: 52,
    ...options,
  }) as unknown as {
    readonly outerHTML: string
    querySelectorAll(selector: string): Iterable<{ remove(): void }>
  }
  // The page has rules of its own; those of each plot would hold for all others too.
  for (const rules of drawn.querySelectorAll('style')) rules.remove()
  return html`<figure>
    ${{ html: drawn.outerHTML }}
    <figcaption>${caption}</figcaption>
  </figure>`
}
