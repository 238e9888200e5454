import { DomainError, type NDArray } from '@deepstruct/tensor'

/** What a wrong label set costs, $\Delta(y^*, y)$; 0 for the true one. */
export interface LabelLoss {
  /** For messages and settings. */
  readonly name: string
  /** The cost of one label set, both in {0, 1}. */
  of(truth: ArrayLike<number>, y: ArrayLike<number>): number
  /** The cost of each state of each label, `[batch, labels, 2]`, for a loss that is a sum over labels. */
  costs?(truth: NDArray): NDArray
  /**
   * The cost by counts, for a loss that depends on nothing else.
   *
   * @param hits - true labels that are predicted
   * @param extra - others that are predicted
   * @param positives - true labels
   */
  byCounts?(hits: number, extra: number, positives: number): number
}

/** The number of wrong labels. */
export function hammingLabelLoss(): LabelLoss {
  return {
    ...weightedHammingLabelLoss(),
    name: 'hamming',
    byCounts: (hits, extra, positives) => positives - hits + extra,
  }
}

/**
 * The sum of the weights of the wrong labels.
 *
 * @param weights - one for each label; default 1
 * @throws {@link @deepstruct/tensor!DomainError} for a negative weight
 */
export function weightedHammingLabelLoss(weights?: readonly number[]): LabelLoss {
  const wrong = weights?.find((weight) => !(weight >= 0))
  if (wrong !== undefined)
    throw new DomainError({
      function: 'weightedHammingLabelLoss',
      argument: 'weights',
      got: `with ${wrong}`,
      expected: 'numbers from 0 up',
    })
  const weight = (label: number): number => weights?.[label] ?? 1
  return {
    name: 'weighted hamming',
    of(truth, y) {
      let total = 0
      for (let i = 0; i < truth.length; i++) if (truth[i] !== y[i]) total += weight(i)
      return total
    },
    costs({ shape, data }) {
      const labels = shape[1]!
      const costs = new Float32Array(2 * data.length)
      for (let i = 0; i < data.length; i++)
        costs[2 * i + (data[i] === 1 ? 0 : 1)] = weight(i % labels)
      return { shape: [shape[0]!, labels, 2], dtype: 'float32', data: costs }
    },
  }
}

/** $1 - F_1$ of the label set, in $[0, 1]$; an empty set against an empty one costs nothing. */
export function f1LabelLoss(): LabelLoss {
  const byCounts = (hits: number, extra: number, positives: number): number =>
    positives + hits + extra === 0 ? 0 : 1 - (2 * hits) / (positives + hits + extra)
  return {
    name: 'f1',
    byCounts,
    of(truth, y) {
      let [hits, extra, positives] = [0, 0, 0]
      for (let i = 0; i < truth.length; i++) {
        if (truth[i] === 1) positives++
        if (y[i] !== 1) continue
        if (truth[i] === 1) hits++
        else extra++
      }
      return byCounts(hits, extra, positives)
    },
  }
}
