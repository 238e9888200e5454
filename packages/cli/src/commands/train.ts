import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Family } from '@deepstruct/training'
import { fileCheckpoint } from '@deepstruct/training/node'
import { startEngine } from '../engines.ts'
import { openModel, type UsableModel } from '../model/usable-model.ts'
import { readOptions, type Values } from '../options/read-options.ts'
import { progressReporter } from '../output/progress.ts'
import { requireWritable } from '../train/file-places.ts'
import { finish } from '../train/finish.ts'
import { initializedFrom } from '../train/initial-parameters.ts'
import { metricsLog } from '../train/metrics-log.ts'
import { resumedRun, type RunSettings } from '../train/resumed-run.ts'
import { splitOptions, type TrainOptions, trainOptionsOf } from '../train/train-options.ts'
import { trainModel, type TrainedModel } from '../train/train-model.ts'
import { loadTraining, requireColumns } from '../train/training-data.ts'
import type { CommandContext } from './command-context.ts'

/** Trains a model and writes it; resolves to the exit code. */
export async function train(
  family: Family,
  values: Values,
  config: Values,
  context: CommandContext,
): Promise<number> {
  const { options, settings } = splitOptions(
    family,
    readOptions(trainOptionsOf(family), values, config),
  )
  const { io } = context
  const { out, metricsFile, report, batchSize, seed, epochs } = options
  const checkpointFile = `${out}.checkpoint`
  await requireWritable({ '--out': out, '--metrics-file': metricsFile, '--report': report })
  const progress = progressReporter(io.stderr, { quiet: options.quiet })
  const data = await loadTraining(options, progress)
  const initial =
    options.initFrom === undefined ? undefined : await openModel(options.initFrom, context.families)
  if (initial !== undefined) requireColumns(data.train, initial)
  const run: RunSettings = {
    model: family.name,
    ...settings,
    dataDigest: data.digest,
    labelNames: data.train.labelNames,
    dev: typeof options.dev === 'number' ? options.dev : undefined,
    devDigest: data.devDigest,
    standardize: options.standardize,
    epochs,
    batchSize,
    seed,
    initDigest: options.initFrom === undefined ? undefined : await fileDigest(options.initFrom),
  }
  await startEngine(options.engine)
  const resume = options.resume ? await resumedRun(checkpointFile, run) : undefined
  if (!options.resume && existsSync(checkpointFile))
    progress.line(
      `${checkpointFile}: an interrupted run is replaced (--resume would go on with it)`,
    )
  const log = metricsFile === undefined ? undefined : await metricsLog(metricsFile, resume?.history)

  progress.line(
    `${family.name}: ${data.train.size} training and ${data.dev.size} dev examples, ${data.train.featureNames.length} features, ${data.train.labelNames.length} labels`,
  )
  const stop = new AbortController()
  const release = io.onInterrupt(() => {
    progress.line('stopping after this batch; Ctrl-C again ends at once')
    stop.abort()
  })
  let trained: TrainedModel
  try {
    trained = await trainModel({
      family,
      settings,
      train: data.train,
      dev: data.dev,
      ...standardizerFor(options, initial),
      epochs,
      batchSize,
      seed,
      ...(initial === undefined
        ? {}
        : {
            prepare: (learner) =>
              initializedFrom(learner, initial, (parts) =>
                progress.line(`${options.initFrom}: taken ${parts.join(', ')}`),
              ),
          }),
      signal: stop.signal,
      resume,
      checkpoint: fileCheckpoint(checkpointFile, { settings: JSON.stringify(run) }),
      onProgress(event) {
        progress.training(event)
        log?.(event)
      },
    })
  } finally {
    progress.end()
    release()
  }
  return finish({ trained, digest: data.digest, options, checkpointFile }, progress, context)
}

function standardizerFor(
  options: TrainOptions,
  initial: UsableModel | undefined,
): Pick<UsableModel, 'standardizer'> | undefined {
  if (!options.standardize) return { standardizer: { kind: 'identity' } }
  return initial === undefined ? undefined : { standardizer: initial.standardizer }
}

async function fileDigest(path: string): Promise<string> {
  return `sha256:${createHash('sha256')
    .update(await readFile(path))
    .digest('hex')}`
}
