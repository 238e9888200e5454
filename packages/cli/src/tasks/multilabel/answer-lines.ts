import { statuses } from '@deepstruct/inference'
import { type Device, type NDArray, ndarray } from '@deepstruct/tensor'
import type { Parameters } from '@deepstruct/training'
import { compiledSolver } from '../../model/compiled-solver.ts'
import type { InputLine } from '../../predict/line-batches.ts'
import { overlapped } from '../../predict/overlapped.ts'
import type { LabelModel } from './multilabel-problem.ts'
import { type ExampleReader, exampleReader, type ReadExample } from './read-example.ts'
import type { Predicted } from './write-example.ts'

/** The answers to a batch of lines. */
export interface Answers {
  /** One line for each, in order. */
  readonly text: string
  /** Whether every line was an example. */
  readonly good: boolean
}

/** A batch of lines, read. */
interface ReadBatch {
  readonly lines: readonly InputLine[]
  readonly examples: readonly ReadExample[]
  /** The rows of the good lines. */
  readonly x: NDArray
}

/**
 * Answers lines of input with lines of output. A bad line is answered by `{"id"?, "line", "error"}`.
 *
 * @param params - the parameters of the model, on the engine
 * @param write - the line of a predicted example
 */
export async function* answerLines(
  batches: AsyncIterable<readonly InputLine[]>,
  model: LabelModel,
  params: Device<Parameters>,
  write: (predicted: Predicted) => string,
): AsyncGenerator<Answers> {
  const { sizes, standardizer } = model.problem
  const examplesIn = readBatches(batches, exampleReader(sizes.inputs, standardizer), sizes.inputs)
  const run = compiledSolver(model)
  const solutions = overlapped(examplesIn, async ({ x }) =>
    x.shape[0] === 0 ? undefined : run(params, x),
  )

  for await (const [{ lines, examples }, solved] of solutions) {
    let row = 0
    const texts = examples.map(({ id, error }, i) => {
      const line = (lines[i] as InputLine).number
      if (solved === undefined || error !== undefined) return badLine(id, line, error)
      const text = write({
        id: id === undefined ? line : id,
        scores: solved.y.data.subarray(row * sizes.labels, (row + 1) * sizes.labels),
        energy: solved.energy.data[row] as number,
        status: statuses[solved.status.data[row] as number] ?? 'diverged',
      })
      row++
      return text
    })
    yield { text: texts.join(''), good: row === lines.length }
  }
}

/** Reads the lines of a batch into rows of features. */
async function* readBatches(
  batches: AsyncIterable<readonly InputLine[]>,
  read: ExampleReader,
  width: number,
): AsyncGenerator<ReadBatch> {
  for await (const lines of batches) {
    const rows = new Float32Array(lines.length * width)
    let count = 0
    const examples = lines.map(({ text }): ReadExample => {
      if (text === undefined) return { error: 'the line is too long to be an example' }
      const example = read(text, rows.subarray(count * width, (count + 1) * width))
      if (example.error === undefined) count++
      return example
    })
    yield { lines, examples, x: ndarray(rows.subarray(0, count * width), [count, width]) }
  }
}

function badLine(id: unknown, line: number, error: string | undefined): string {
  return `${JSON.stringify({ ...(id === undefined ? {} : { id }), line, error })}\n`
}
