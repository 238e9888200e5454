import {
  type ParseOptions,
  paddedLength,
  parseConllTokens,
  tokenEncoder,
} from '@deepstruct/datasets'
import { DataError, dispose, type NDArray, ndarray, put } from '@deepstruct/tensor'
import type { Parameters } from '@deepstruct/training'
import { z } from 'zod'
import type { Io } from '../../io.ts'
import { compiledSolver } from '../../model/compiled-solver.ts'
import type { Values } from '../../options/read-options.ts'
import { writeAll } from '../../output/write-all.ts'
import { type InputLine, lineBatches } from '../../predict/line-batches.ts'
import { overlapped } from '../../predict/overlapped.ts'
import type { TaggingModel } from './tagging-problem.ts'
import { highest } from './tagging-report.ts'

const schema = z.object({
  format: z
    .enum(['lines', 'conll'])
    .default('lines')
    .describe('what comes in: a sentence a line, tokens apart by spaces; or a token a line'),
  batchSize: z
    .int()
    .positive()
    .default(64)
    .describe('sentences predicted at once; 1 answers each sentence as it comes'),
})

/** How sentences are read. */
export const taggingPredictOptions: z.ZodObject = schema

/** A sentence as its tokens. */
type Tokens = readonly string[]

/** Tags sentences from stdin, in order and with bounded memory; writes a token with its tag a line, and a blank line after each sentence. */
export async function predictSentences(
  model: TaggingModel,
  options: Values,
  io: Io,
): Promise<number> {
  const { format, batchSize } = schema.parse(options)
  if (io.stdin.isTTY === true && options['quiet'] !== true)
    io.stderr.write('reading sentences from the terminal; Ctrl-D ends them\n')
  const { tagNames, vocabularies } = model.problem
  const encode = tokenEncoder(vocabularies)
  const run = compiledSolver(model)
  const params = await put<Parameters>(model.parameters)
  try {
    const batches = sentenceBatches(io.stdin, format, batchSize)
    const solutions = overlapped(batches, (batch) =>
      run(params, idsOf(batch, encode, vocabularies.length)),
    )
    for await (const [batch, { y }] of solutions)
      await writeAll(io.stdout, batch.map((tokens, row) => answer(tokens, y, row)).join(''))
  } finally {
    dispose(params)
  }
  return 0

  function answer(tokens: Tokens, { data, shape }: NDArray, row: number): string {
    const [, length = 0, tags = 0] = shape
    const lines = tokens.map((token, t) => {
      const start = (row * length + t) * tags
      return `${token}\t${tagNames[highest(data.subarray(start, start + tags))] as string}\n`
    })
    return `${lines.join('')}\n`
  }
}

/** Sentences as ids, int32 `[batch, length, columns]`. */
function idsOf(
  sentences: readonly Tokens[],
  encode: (tokens: Tokens) => Int32Array,
  columns: number,
): NDArray {
  const length = paddedLength(sentences.map((tokens) => tokens.length))
  const ids = new Int32Array(sentences.length * length * columns)
  for (const [row, tokens] of sentences.entries()) ids.set(encode(tokens), row * length * columns)
  return ndarray(ids, [sentences.length, length, columns])
}

/** The sentences of a stream; lines without any token are left out. */
async function* sentenceBatches(
  chunks: AsyncIterable<Uint8Array | string>,
  format: 'lines' | 'conll',
  batchSize: number,
): AsyncGenerator<readonly Tokens[]> {
  let batch: Tokens[] = []
  for await (const text of format === 'lines' ? linesOf(chunks) : blocksOf(chunks)) {
    batch.push(...(format === 'lines' ? [text.split(/\s+/)] : parseConllTokens(text, STDIN)))
    if (batch.length < batchSize) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

const STDIN: ParseOptions = { file: 'stdin' }

/** The lines of a stream that say something, trimmed. */
async function* linesOf(chunks: AsyncIterable<Uint8Array | string>): AsyncGenerator<string> {
  for await (const lines of lineBatches(chunks, 1))
    for (const line of lines) {
      const text = textOf(line).trim()
      if (text !== '') yield text
    }
}

/** The runs of lines between blank ones. */
async function* blocksOf(chunks: AsyncIterable<Uint8Array | string>): AsyncGenerator<string> {
  let block = ''
  for await (const lines of lineBatches(chunks, 1))
    for (const line of lines) {
      const text = textOf(line)
      if (text.trim() !== '') block += `${text}\n`
      else if (block !== '') {
        yield block
        block = ''
      }
    }
  if (block !== '') yield block
}

function textOf({ number, text }: InputLine): string {
  if (text !== undefined) return text
  throw new DataError({
    function: 'predictSentences',
    argument: 'line',
    got: 'one that is too long to be a sentence',
    expected: 'a sentence',
    file: 'stdin',
    line: number,
  })
}
