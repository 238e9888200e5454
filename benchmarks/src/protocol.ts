import { fitStandardizer, type MultilabelDataset, split, standardize } from '@deepstruct/datasets'
import { multilabelReport, selectThreshold } from '@deepstruct/metrics'
import { random } from '@deepstruct/tensor'
import { type EpochProgress, type Family, fit, scorer } from '@deepstruct/training'

/** What one run measured; F1 values are example-averaged, in percent. */
export interface Result {
  /** The best score on the dev split, at its own threshold. */
  readonly dev: number
  /** Test F1 at 0.5. */
  readonly f1AtHalf: number
  /** Test F1 at the threshold chosen on the dev split. */
  readonly f1AtThreshold: number
  /** That threshold. */
  readonly threshold: number
  /** Share of wrong labels on test at 0.5, in percent. */
  readonly hammingLoss: number
  /** How training ended. */
  readonly status: string
  /** Seconds of training. */
  readonly seconds: number
}

/** What a run is given. */
export interface Protocol {
  /** The training examples; the dev split is carved from them. */
  readonly train: MultilabelDataset
  /** The test examples; they are read once, at the end. */
  readonly test: MultilabelDataset
  /** The model family. */
  readonly family: Family<'multilabel'>
  /** Its settings; what is left out has its default. */
  readonly settings: object
  /** Decides the split, the parameters, the order of the rows and the noise. */
  readonly seed: number
  /** The share of the training examples that is used; default all. */
  readonly fraction?: number
  /** Called after each epoch. */
  readonly onEpoch?: (progress: EpochProgress) => void
}

/**
 * The protocol of every table: a tenth of the training examples is the dev split, on which the epoch and the threshold are chosen; inputs
 * are standardized with statistics of the rest.
 */
export async function run(protocol: Protocol): Promise<Result> {
  const { train: all, test, family, seed, fraction = 1 } = protocol
  const used = fraction === 1 ? all : split(all, fraction, random(1000 + seed))[1]
  const [rest, held] = split(used, 0.1, random(seed))
  const standardizer = fitStandardizer(rest)
  const train = standardize(rest, standardizer)
  const dev = standardize(held, standardizer)
  const settings = family.settings.parse(protocol.settings) as never
  const sizes = { inputs: all.featureNames.length, labels: all.labelNames.length }

  const began = performance.now()
  const { state, status } = await fit(family.learner(settings, sizes), train, {
    dev,
    seed,
    ...(family.batchSize !== undefined && { batchSize: family.batchSize }),
    onProgress: (progress) => {
      if (progress.kind === 'epoch') protocol.onEpoch?.(progress)
    },
  })
  const seconds = (performance.now() - began) / 1000

  const score = scorer(family.solve(settings, sizes))
  const chosen = await score(state, dev)
  const { threshold, value } = selectThreshold(chosen.scores, chosen.labels)
  const final = await score(state, standardize(test, standardizer))
  const { f1, hammingLoss } = multilabelReport(final.scores, final.labels, { threshold })
  return {
    dev: 100 * value,
    f1AtHalf: 100 * f1['at0.5'],
    f1AtThreshold: 100 * f1.atThreshold,
    threshold,
    hammingLoss: 100 * hammingLoss,
    status,
    seconds,
  }
}
