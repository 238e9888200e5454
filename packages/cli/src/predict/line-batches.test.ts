import { describe, expect, it } from 'vitest'
import { type InputLine, lineBatches } from './line-batches.ts'

async function batches(
  chunks: readonly (string | Uint8Array)[],
  size: number,
): Promise<(readonly InputLine[])[]> {
  const found: (readonly InputLine[])[] = []
  async function* stream(): AsyncGenerator<string | Uint8Array> {
    yield* chunks
  }
  for await (const batch of lineBatches(stream(), size)) found.push(batch)
  return found
}

describe('lineBatches', () => {
  it('does not depend on how the input is cut', async () => {
    const text = 'ä1\n\n33\n44\r\n5'
    const bytes = new TextEncoder().encode(text)
    const whole = await batches([text], 2)
    expect(whole.map((batch) => batch.map((line) => line.text))).toEqual([
      ['ä1', ''],
      ['33', '44\r'],
      ['5'],
    ])
    expect(whole.flat().map(({ number }) => number)).toEqual([1, 2, 3, 4, 5])
    for (let size = 1; size < 5; size++) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      )
      expect(await batches(pieces, 2)).toEqual(whole)
    }
  })

  it('drops the mark before UTF-8', async () => {
    const marked = new TextEncoder().encode('\uFEFF{}\n\uFEFF')
    expect(await batches([marked], 9)).toEqual([
      [
        { number: 1, text: '{}' },
        { number: 2, text: '\uFEFF' },
      ],
    ])
  })

  it('has no last line after a line end, and none of nothing', async () => {
    expect((await batches(['a\n'], 9)).flat()).toHaveLength(1)
    expect(await batches([], 9)).toEqual([])
  })

  it('keeps nothing of an endless line', async () => {
    const found = await batches(
      [...Array.from({ length: 70 }, () => 'x'.repeat(1 << 20)), '\nnext\n'],
      9,
    )
    expect(found.flat()).toEqual([
      { number: 1, text: undefined },
      { number: 2, text: 'next' },
    ])
  })
})
