import { Writable } from 'node:stream'
import { expect, it } from 'vitest'
import type { Output } from '../io.ts'
import { progressReporter } from './progress.ts'
import { table } from './table.ts'

function fake(isTTY: boolean): { output: Output; text(): string } {
  const parts: string[] = []
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      parts.push(chunk)
      done()
    },
  })
  return { output: Object.assign(stream, { isTTY, columns: 80 }), text: () => parts.join('') }
}

const step = {
  kind: 'step',
  phase: 'energy',
  epoch: 1,
  epochs: 9,
  step: 3,
  steps: 10,
  loss: 1,
} as const
const epoch = {
  kind: 'epoch',
  phase: 'energy',
  epoch: 1,
  epochs: 9,
  train: { loss: 12.3456 },
  dev: { score: 0.5 },
  best: true,
  seconds: 1.25,
} as const

it('draws a bar on a terminal only, and a line for each epoch', () => {
  const terminal = fake(true)
  const pipe = fake(false)
  for (const { output } of [terminal, pipe]) {
    const progress = progressReporter(output, { prefix: 'SPEN · ' })
    progress.training(step)
    progress.training(epoch)
    progress.end()
  }
  expect(terminal.text()).toContain('SPEN · energy 1/9')
  expect(terminal.text()).toContain('30 % ')
  expect(pipe.text()).toBe('SPEN · energy 1/9  loss 12.35  1.3 s  dev score 0.5000  best\n')
})

it('is quiet when it is asked to', () => {
  const terminal = fake(true)
  const progress = progressReporter(terminal.output, { quiet: true })
  progress.training(step)
  progress.training(epoch)
  progress.line('text')
  expect(terminal.text()).toBe('')
})

it('aligns columns', () => {
  expect(
    table(
      ['', 'F1'],
      [
        ['SPEN', '0.4'],
        ['a', '12.25'],
      ],
    ),
  ).toBe('         F1\n───────────\nSPEN    0.4\na     12.25\n')
})
