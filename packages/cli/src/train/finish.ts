import { rm } from 'node:fs/promises'
import type { CommandContext } from '../commands/command.ts'
import { saveTrained } from '../model/save-trained.ts'
import { reportTable } from '../output/report-table.ts'
import type { ProgressReporter } from '../output/progress.ts'
import { writeAll } from '../output/write-all.ts'
import { invocation } from './invocation.ts'
import type { TrainedModel } from './train-model.ts'

/** A training run that has ended. */
export interface EndedRun {
  /** What has come out. */
  readonly trained: TrainedModel
  /** The digest of the training data. */
  readonly digest: string
  /** Where everything goes. */
  readonly options: {
    /** The model. */
    readonly out: string
    /** The page with plots. */
    readonly report?: string
    /** Whether results are for programs. */
    readonly json: boolean
  }
  /** The snapshot of the run; it is removed when the run is complete. */
  readonly checkpointFile: string
}

/** Writes what training has come to, and says so; resolves to the exit code. */
export async function finish(
  { trained, digest, options, checkpointFile }: EndedRun,
  progress: ProgressReporter,
  { io, args }: CommandContext,
): Promise<number> {
  const { status, dev, family, epochs, seconds } = trained
  const { out } = options
  const why = trained.divergence?.message ?? 'a loss was no longer finite'
  const problem = (text: string): void => void io.stderr.write(`${text}\n`)
  const warnings = family.warnings?.(trained.history) ?? []
  for (const text of warnings) problem(`warning: ${text}`)
  if (dev === undefined) {
    problem(
      status === 'diverged'
        ? `error: training diverged in its first epoch; nothing was saved. ${why}`
        : 'interrupted before an epoch was complete; nothing was saved',
    )
    return status === 'diverged' ? 1 : 130
  }
  await saveTrained(out, trained, digest)
  if (status === 'completed') await rm(checkpointFile, { force: true })
  if (options.report !== undefined) {
    // Plots take a while to load.
    const { writeTrainingReport } = await import('../report/training-report.ts')
    await writeTrainingReport(options.report, trained)
  }
  if (options.json) {
    const summary = {
      family: family.name,
      out,
      epochs,
      seconds,
      ...(status === 'completed' ? {} : { status }),
      dev: dev.report.facts,
      ...(warnings.length === 0 ? {} : { warnings }),
    }
    await writeAll(io.stdout, `${JSON.stringify(summary)}\n`)
  } else await writeAll(io.stdout, reportTable('dev', dev.report))
  switch (status) {
    case 'completed':
      progress.line(`wrote ${out}: ${epochs} epochs in ${seconds.toFixed(1)} s`)
      return 0
    case 'interrupted':
      problem(`interrupted: wrote ${out} as of the last complete epoch. To go on:`)
      problem(`  ${invocation(args.includes('--resume') ? args : [...args, '--resume'], io.env)}`)
      return 130
    case 'diverged':
      problem(`error: training diverged; ${out} holds the last good state. ${why}`)
      return 1
  }
}
