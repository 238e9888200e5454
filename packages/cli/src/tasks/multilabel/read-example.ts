import type { Standardizer } from '@deepstruct/datasets'

/** Reads one line of input into a row of standardized features. */
export interface ExampleReader {
  /**
   * Fills a row.
   *
   * @param text - the line
   * @param row - `[features]`, where the features go
   * @returns the example's id, where it has one, and what is wrong, if anything is
   */
  (text: string, row: Float32Array): ReadExample
}

/** What a line said. */
export interface ReadExample {
  /** The id, as it was given. */
  readonly id?: unknown
  /** What is wrong with the line. */
  readonly error?: string
}

/**
 * A reader of `{"id"?, "x": [..]}` with one number for each feature, or `{"id"?, "x": {"index": value}}` with the features that are not 0,
 * counted from 0.
 *
 * @param features - the number of features of the model
 * @param standardizer - from raw inputs to those that the model was trained on
 */
export function exampleReader(features: number, standardizer: Standardizer): ExampleReader {
  const affine = standardizer.kind === 'affine' ? standardizer : undefined
  // What a feature that is not mentioned becomes.
  const zero = Float32Array.from({ length: features }, (_, i) =>
    affine === undefined ? 0 : -(affine.mean[i] as number) / (affine.scale[i] as number),
  )
  const standardized = (index: number, value: number): number =>
    affine === undefined
      ? value
      : (value - (affine.mean[index] as number)) / (affine.scale[index] as number)

  /** Returns what is wrong, if anything is. */
  const put = (row: Float32Array, index: number, value: unknown): string | undefined => {
    // Training data are float32 before they are standardized.
    const number = typeof value === 'number' ? Math.fround(value) : NaN
    if (!Number.isFinite(number))
      return `x[${index}] is ${JSON.stringify(value)}, expected a finite number`
    row[index] = standardized(index, number)
    return undefined
  }

  const fill = (x: unknown, row: Float32Array): string | undefined => {
    if (Array.isArray(x)) {
      if (x.length !== features)
        return `x has ${x.length} numbers, expected ${features}, one for each feature of the model`
      for (let i = 0; i < features; i++) {
        const wrong = put(row, i, x[i])
        if (wrong !== undefined) return wrong
      }
      return undefined
    }
    if (typeof x !== 'object' || x === null)
      return `x is ${x === undefined ? 'missing' : JSON.stringify(x)}, expected a list of ${features} numbers or an object {"index": value}`
    row.set(zero)
    for (const key of Object.keys(x)) {
      const index = Number(key)
      if (!(index < features) || String(index) !== key || index < 0 || !Number.isInteger(index))
        return `x has the index ${JSON.stringify(key)}, expected an integer from 0 to ${features - 1}`
      const wrong = put(row, index, (x as Record<string, unknown>)[key])
      if (wrong !== undefined) return wrong
    }
    return undefined
  }

  return (text, row) => {
    let line: unknown
    try {
      line = JSON.parse(text)
    } catch {
      return { error: `the line is no JSON: ${JSON.stringify(text.slice(0, 40))}` }
    }
    if (typeof line !== 'object' || line === null || Array.isArray(line))
      return { error: 'the line is no JSON object, expected {"id"?, "x": …}' }
    const { id, x } = line as { id?: unknown; x?: unknown }
    const error = fill(x, row)
    return {
      ...(id === undefined ? {} : { id }),
      ...(error === undefined ? {} : { error }),
    }
  }
}
