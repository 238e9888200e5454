import { type TaggedDataset, tokenEncoder, UNKNOWN_ID } from '@deepstruct/datasets'
import { macroF1, perLabelF1, taggedTokens, tokenAccuracy } from '@deepstruct/metrics'
import { type Figures, figuresOf } from '../../model/figures-of.ts'
import { fraction, rounded } from '../../output/number.ts'
import type { Predicted, Report } from '../task.ts'

/** The metrics of a model of tags on a data set; all values are fractions. */
export interface TagReport extends Figures {
  /** Number of sentences. */
  readonly examples: number
  /** Number of tokens. */
  readonly tokens: number
  /** Share of tokens whose tag is right. */
  readonly tokenAccuracy: number
  /** The same of words without an id of their own; null where there are none. */
  readonly unknown: { readonly tokens: number; readonly accuracy: number | null }
  /** Mean F1 of the tags; one that nothing has and nothing got counts as 1. */
  readonly macroF1: number
  /** F1 of each tag by name. */
  readonly f1: Readonly<Record<string, number>>
}

/** A token with its true and its predicted tag. */
export interface JudgedToken {
  /** The sentence, counted from 0. */
  readonly sentence: number
  /** The token. */
  readonly token: string
  /** Whether the word has an id of its own. */
  readonly known: boolean
  /** The name of the true tag. */
  readonly actual: string
  /** The name of the predicted tag. */
  readonly predicted: string
}

/** Every token of a data set with what was predicted, in order. */
export function judgedTokens({ scores }: Predicted, data: TaggedDataset): readonly JudgedToken[] {
  const [, length = 0, tags = 0] = scores.shape
  const encode = tokenEncoder(data.vocabularies.slice(0, 1))
  return data.sentences.flatMap(({ tokens, tags: truth }, sentence) => {
    const ids = encode(tokens)
    return tokens.map((token, t): JudgedToken => {
      const start = (sentence * length + t) * tags
      const best = highest(scores.data.subarray(start, start + tags))
      return {
        sentence,
        token,
        known: ids[t] !== UNKNOWN_ID,
        actual: truth[t] as string,
        predicted: data.tagNames[best] as string,
      }
    })
  })
}

/** The position of the highest score, the first one at a tie. */
export function highest(scores: ArrayLike<number>): number {
  let best = 0
  for (let i = 1; i < scores.length; i++)
    if ((scores[i] as number) > (scores[best] as number)) best = i
  return best
}

/** Metrics of predicted tags, as plain data. */
export function reportOf(predicted: Predicted, data: TaggedDataset): TagReport {
  const { scores, labels } = predicted
  const tokens = taggedTokens(scores, labels)
  const f1 = perLabelF1(tokens.predicted, tokens.labels)
  const unknown = judgedTokens(predicted, data).filter(({ known }) => !known)
  const right = unknown.filter((token) => token.actual === token.predicted).length
  return {
    examples: data.size,
    tokens: tokens.labels.shape[0] as number,
    tokenAccuracy: tokenAccuracy(scores, labels),
    unknown: {
      tokens: unknown.length,
      accuracy: unknown.length === 0 ? null : right / unknown.length,
    },
    macroF1: macroF1(tokens.predicted, tokens.labels),
    f1: Object.fromEntries(data.tagNames.map((name, i) => [name, f1.data[i] as number])),
    ...figuresOf(predicted),
  }
}

/** Metrics of predicted tags. */
export function measure(predicted: Predicted, _: number, data: TaggedDataset): Report {
  const facts = reportOf(predicted, data)
  return {
    facts: { ...facts },
    columns: [
      ['sentences', facts.examples, String],
      ['tokens', facts.tokens, String],
      ['token accuracy', facts.tokenAccuracy, fraction],
      ['of unknown words', facts.unknown.accuracy ?? Number.NaN, fraction],
      ['macro F1', facts.macroF1, fraction],
      ['sentences/s', facts.examplesPerSecond, rounded],
    ],
  }
}
