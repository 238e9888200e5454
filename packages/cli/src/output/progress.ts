import { styleText } from 'node:util'
import { type EpochProgress, type Progress } from '@deepstruct/training'
import { Presets, SingleBar } from 'cli-progress'
import type { Output } from '../io.ts'
import { fraction, short } from './number.ts'

/** Tells on stderr how long work proceeds. */
export interface ProgressReporter {
  /** One line. */
  line(text: string): void
  /** What `fit` tells: a line for each epoch, on a terminal with a bar of its batches below. */
  training(progress: Progress): void
  /** A bar of anything else; nothing without a terminal. */
  amount(what: string, done: number, total: number): void
  /** Takes the bar away. */
  end(): void
}

/**
 * A reporter for a stream.
 *
 * @param prefix - before each line, to tell several trainings apart
 */
export function progressReporter(
  output: Output,
  { quiet = false, prefix = '' }: { readonly quiet?: boolean; readonly prefix?: string } = {},
): ProgressReporter {
  let bar: { readonly what: string; readonly total: number; readonly single: SingleBar } | undefined
  const end = (): void => {
    bar?.single.stop()
    bar = undefined
  }
  const amount = (what: string, done: number, total: number): void => {
    if (quiet || output.isTTY !== true) return
    if (bar?.what !== what || bar.total !== total) {
      end()
      const single = new SingleBar(
        {
          stream: output,
          format: '{what} {bar} {percentage} % · {eta} s left',
          barsize: 24,
          clearOnComplete: true,
          hideCursor: false,
          gracefulExit: false,
        },
        Presets.rect,
      )
      single.start(total, done, { what })
      bar = { what, total, single }
    } else bar.single.update(done)
  }
  const line = (text: string): void => {
    if (quiet) return
    end()
    output.write(`${text}\n`)
  }
  return {
    line,
    amount,
    end,
    training(progress) {
      if (progress.kind === 'step')
        amount(
          `${prefix}${progress.phase} ${progress.epoch}/${progress.epochs}`,
          progress.step,
          progress.steps,
        )
      else line(prefix + epochLine(progress, output))
    },
  }
}

function epochLine(progress: EpochProgress, output: Output): string {
  const { phase, epoch, epochs, train, dev, best, seconds } = progress
  const losses = Object.entries(train)
    .filter(([name]) => name === 'loss' || name.endsWith('.loss'))
    .map(([name, value]) => `${name} ${short(value)}`)
  const score = dev === undefined ? [] : [`dev score ${fraction(dev.score)}`]
  const mark = best ? [styleText('green', 'best', { stream: output })] : []
  const took = epoch === 0 ? ['on entry'] : [`${seconds.toFixed(1)} s`]
  return [`${phase} ${epoch}/${epochs}`, ...losses, ...took, ...score, ...mark].join('  ')
}
