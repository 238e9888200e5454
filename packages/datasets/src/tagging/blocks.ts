import { linesOf } from '../place.ts'

/** A line with its number, counted from 1. */
export type NumberedLine = readonly [line: string, number: number]

/** The runs of lines between blank ones. */
export function* blocksOf(text: string): Generator<readonly NumberedLine[]> {
  let block: NumberedLine[] = []
  for (const [line, number] of linesOf(text))
    if (line.trim() !== '') block.push([line, number])
    else if (block.length > 0) {
      yield block
      block = []
    }
  if (block.length > 0) yield block
}
