import { DataError, DomainError } from '@deepstruct/tensor'

/** Where text came from, for messages. */
export interface ParseOptions {
  /** The name of the file, for messages; default `input`. */
  readonly file?: string
}

/** Makes the errors of one parser: each carries the file and, where there is one, the line. */
export interface Place {
  /** The error for a line (counted from 1), or for the file as a whole when there is none. */
  error(
    line: number | undefined,
    argument: string,
    got: string,
    expected: string,
    why?: string,
  ): DataError
  /** The number that a token stands for; it must be finite, in float32 too. */
  number(line: number, argument: string, token: string): number
  /** The integer that a token stands for; it must be in `[low, high)`. */
  integer(line: number, argument: string, token: string, low: number, high: number): number
  /** The label value that a token stands for: 0 or 1. */
  label(line: number, argument: string, token: string): number
  /** What is wrong with numbers that the caller chose, for example counts. */
  refuse(argument: string, got: string, expected: string): DomainError
}

/** The place of a parser, by the parser's name and the file. */
export function placeOf(fn: string, file = 'input'): Place {
  const error: Place['error'] = (line, argument, got, expected, why) =>
    new DataError({
      function: fn,
      argument,
      got,
      expected,
      file,
      ...(line === undefined ? {} : { line }),
      ...(why === undefined ? {} : { why }),
    })
  return {
    error,
    number(line, argument, token) {
      const value = token === '' ? NaN : Number(token)
      if (!Number.isFinite(Math.fround(value)))
        throw error(line, argument, quoted(token), 'a finite number')
      return value
    },
    integer(line, argument, token, low, high) {
      const value = /^[+-]?\d+$/.test(token) ? Number(token) : NaN
      if (!(value >= low && value < high))
        throw error(
          line,
          argument,
          quoted(token),
          high === Infinity ? `an integer from ${low} up` : `an integer from ${low} to ${high - 1}`,
        )
      return value
    },
    label(line, argument, token) {
      const value = token === '' ? NaN : Number(token)
      if (value !== 0 && value !== 1) throw error(line, argument, quoted(token), '0 or 1')
      return value
    },
    refuse: (argument, got, expected) => new DomainError({ function: fn, argument, got, expected }),
  }
}

/** A token as a message shows it: in quotes, and cut when it is long. */
export function quoted(token: string): string {
  return JSON.stringify(token.length > 60 ? `${token.slice(0, 57)}...` : token)
}

/** Visits the lines of a text, numbered from 1, without line ends and without copying the whole. */
export function* linesOf(text: string): Generator<readonly [line: string, number: number]> {
  let start = text.startsWith('\uFEFF') ? 1 : 0
  for (let number = 1; start < text.length; number++) {
    const newline = text.indexOf('\n', start)
    const end = newline === -1 ? text.length : newline
    yield [text.slice(start, text[end - 1] === '\r' && end > start ? end - 1 : end), number]
    start = end + 1
  }
}
