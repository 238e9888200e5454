import { parseHTML } from 'linkedom'
import { ndarray } from '@deepstruct/tensor'
import { expect, it } from 'vitest'
import { html } from './html.ts'
import { htmlTable, page } from './page.ts'
import { labelPlot, thresholdPlot } from '../tasks/multilabel/prediction-plots.ts'
import { comparisonPlot } from './comparison-plot.ts'
import { energyPlot } from './energy-sections.ts'
import { learningCurves } from './training-plots.ts'

const scored = {
  scores: ndarray([0.9, 0.2, 0.4, 0.6], [2, 2]),
  labels: ndarray([1, 0, 1, 1], [2, 2]),
  energies: ndarray([-1, -2], [2]),
}

it('escapes every text', () => {
  const nasty = `<script>alert("1" & '2')</script>`
  const safe = '&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;'
  expect(html`<b title="${nasty}">${nasty}</b>`.html).toBe(`<b title="${safe}">${safe}</b>`)
  const text = page(nasty, nasty, [
    {
      title: nasty,
      note: nasty,
      body: [htmlTable([nasty], [[nasty]]), labelPlot(scored, 0.5, [nasty, 'b'])],
    },
  ])
  expect(text).not.toContain('<script')
  const { document } = parseHTML(text)
  expect(document.querySelectorAll('script')).toHaveLength(0)
  expect(document.querySelector('h1')?.textContent).toBe(nasty)
})

it('draws plots without rules of their own', () => {
  const plots = [
    thresholdPlot(scored, 0.5),
    labelPlot(scored, 0.5, ['a', 'b']),
    energyPlot(ndarray([3, 2, 1, 6, 5, 4], [2, 3])),
    comparisonPlot('F1', 'F1', [{ name: 'SPEN', value: 0.4 }], [{ name: 'ceiling', value: 0.5 }]),
    ...learningCurves([
      { phase: 'a', epoch: 1, train: { loss: 3 }, dev: { score: 0.1 }, best: true, seconds: 1 },
      { phase: 'a', epoch: 2, train: { loss: 2 }, dev: { score: 0.2 }, best: true, seconds: 1 },
      { phase: 'b', epoch: 0, train: {}, dev: { score: 0.2 }, best: true, seconds: 0 },
      {
        phase: 'b',
        epoch: 1,
        train: { 'energy.loss': 1, 'network.loss': 2 },
        dev: { score: 0.3 },
        best: true,
        seconds: 1,
      },
    ]),
  ]
  expect(plots).toHaveLength(7)
  for (const { html: text } of plots) {
    expect(text).toContain('<svg')
    expect(text).not.toContain('<style')
    expect(text).not.toContain('NaN')
  }
})
