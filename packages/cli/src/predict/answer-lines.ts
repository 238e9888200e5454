import { statuses } from '@deepstruct/inference'
import { type Device, jit, ndarray, type Tensor } from '@deepstruct/tensor'
import type { Parameters } from '@deepstruct/training'
import { solverOf, type UsableModel } from '../model/usable-model.ts'
import type { InputLine } from './line-batches.ts'
import { exampleReader, type ReadExample } from './read-example.ts'
import { exampleWriter, type ListedScores } from './write-example.ts'

/** The answers to a batch of lines. */
export interface Answers {
  /** One line for each, in order. */
  readonly text: string
  /** Whether every line was an example. */
  readonly good: boolean
}

/**
 * A function that answers lines of input with lines of output. A bad line is answered by `{"id"?, "line", "error"}`.
 *
 * @param params - the parameters of the model, on the engine
 */
export function lineAnswerer(
  model: UsableModel,
  params: Device<Parameters>,
  listed: ListedScores,
): (lines: readonly InputLine[]) => Promise<Answers> {
  const { sizes, standardizer, labelNames, threshold } = model
  const { inputs: width, labels } = sizes
  const read = exampleReader(width, standardizer)
  const write = exampleWriter(labelNames, threshold, listed)
  const solve = solverOf(model)
  const run = jit(
    (state: Parameters, x: Tensor) => {
      const { y, energy, status } = solve(state, x)
      return { y, energy, status }
    },
    { name: 'predict' },
  )
  return async (lines) => {
    const rows = new Float32Array(lines.length * width)
    let count = 0
    const examples = lines.map(({ text }): ReadExample => {
      if (text === undefined) return { error: 'the line is too long to be an example' }
      const example = read(text, rows.subarray(count * width, (count + 1) * width))
      if (example.error === undefined) count++
      return example
    })
    const x = ndarray(rows.subarray(0, count * width), [count, width])
    const solved = count === 0 ? undefined : await run(params, x)
    let row = 0
    const texts = examples.map(({ id, error }, i) => {
      const line = (lines[i] as InputLine).number
      if (solved === undefined || error !== undefined) return badLine(id, line, error)
      const text = write({
        id: id === undefined ? line : id,
        scores: solved.y.data.subarray(row * labels, (row + 1) * labels),
        energy: solved.energy.data[row] as number,
        status: statuses[solved.status.data[row] as number] ?? 'diverged',
      })
      row++
      return text
    })
    return { text: texts.join(''), good: count === lines.length }
  }
}

function badLine(id: unknown, line: number, error: string | undefined): string {
  return `${JSON.stringify({ ...(id === undefined ? {} : { id }), line, error })}\n`
}
