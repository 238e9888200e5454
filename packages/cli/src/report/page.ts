import { version } from '../version.ts'
import { type Html, html } from './html.ts'

/** A part of a report. */
export interface Section {
  /** Its heading. */
  readonly title: string
  /** A sentence on how to read it. */
  readonly note?: string
  /** Tables and figures. */
  readonly body: readonly Html[]
}

/**
 * A whole page: one file, no request to anywhere, light and dark as the reader's system is, fit to print.
 *
 * @param title - of the page
 * @param summary - the sentence under it
 */
export function page(title: string, summary: string, sections: readonly Section[]): string {
  const parts = sections.map(
    ({ title: heading, note, body }) =>
      html` <section>
        <h2>${heading}</h2>
        ${note === undefined ? [] : html`<p class="note">${note}</p>`}
        <div class="figures">${body}</div>
      </section>`,
  )
  return `<!doctype html>\n${
    html`<html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${title}</title>
        <style>
          ${{ html: style }}
        </style>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          <p>${summary}</p>
          ${parts}
          <footer>deepstruct ${version}</footer>
        </main>
      </body>
    </html>`.html
  }\n`
}

const style = `
  :root { color-scheme: light dark; --paper: #fff; --ink: #1d2430; --faint: #6a7382; --line: #d7dbe2; --good: #1a7f4b; --bad: #b3372f; }
  @media (prefers-color-scheme: dark) {
    :root { --paper: #15181e; --ink: #e4e7ec; --faint: #98a1b0; --line: #343a45; --good: #5fc48d; --bad: #ef8a80; }
  }
  body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
  main { max-width: 68rem; margin: 0 auto; padding: 2rem 1.5rem; }
  h1 { font-size: 1.7rem; margin: 0 0 .5rem; }
  h2 { font-size: 1.15rem; margin: 2.2rem 0 .4rem; border-top: 1px solid var(--line); padding-top: 1.2rem; }
  .note, figcaption, footer { color: var(--faint); font-size: .9rem; margin: 0 0 .6rem; }
  .figures { display: flex; flex-wrap: wrap; gap: 1.5rem; align-items: flex-start; }
  figure { margin: 0; max-width: 100%; }
  svg { max-width: 100%; height: auto; --plot-background: var(--paper); }
  svg text { white-space: pre; }
  table { border-collapse: collapse; font-variant-numeric: tabular-nums; max-width: 100%; }
  th, td { text-align: right; padding: .3rem .8rem; border-bottom: 1px solid var(--line); vertical-align: top; }
  th:first-child, td:first-child, td.text, th.text { text-align: left; }
  .hit { color: var(--good); } .missed { color: var(--bad); } .wrong { color: var(--bad); text-decoration: line-through; }
  footer { margin-top: 3rem; }
  @media print { main { max-width: none; padding: 0; } section { break-inside: avoid; } }
`

/** A table. Cells are text, or markup where they are made so; `text` columns are set to the left. */
export function htmlTable(
  header: readonly string[],
  rows: readonly (readonly (string | Html)[])[],
  text: readonly number[] = [],
): Html {
  const kind = (column: number): string => (text.includes(column) ? 'text' : 'number')
  return html`<table>
    <thead>
      <tr>
        ${header.map((cell, i) => html`<th class="${kind(i)}">${cell}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (row) =>
          html`<tr>
            ${row.map((cell, i) => html`<td class="${kind(i)}">${cell}</td>`)}
          </tr>`,
      )}
    </tbody>
  </table>`
}
