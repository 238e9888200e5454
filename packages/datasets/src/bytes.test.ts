import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { decodeText, unpack } from './bytes.ts'

const text = '@relation größe\n'.repeat(1000)
const packed = new Uint8Array(gzipSync(text))

describe('decodeText', () => {
  it('reads plain and gzip-compressed text alike', async () => {
    expect(await decodeText(new TextEncoder().encode(text))).toBe(text)
    expect(await decodeText(packed)).toBe(text)
  })

  it('returns plain bytes as they are', async () => {
    const bytes = Uint8Array.of(1, 2, 3)
    expect(await unpack(bytes)).toBe(bytes)
  })

  it.each([
    ['in the middle', packed.subarray(0, packed.length >> 1)],
    ['in the checksum', packed.subarray(0, packed.length - 3)],
  ])('refuses gzip data cut off %s', async (_where, bytes) => {
    await expect(decodeText(bytes, { file: 'a.arff.gz' })).rejects.toMatchObject({
      name: 'DataError',
      message:
        'a.arff.gz: unpack: file is gzip data that are cut off or damaged, expected a whole gzip file',
    })
  })

  it('refuses damaged gzip data', async () => {
    const damaged = packed.map((byte, i) => (i === packed.length - 6 ? byte ^ 0xff : byte))
    await expect(decodeText(damaged)).rejects.toMatchObject({ name: 'DataError' })
  })

  it('refuses bytes that are not UTF-8', async () => {
    await expect(decodeText(Uint8Array.of(0x61, 0xff), { file: 'a.csv' })).rejects.toThrow(
      'a.csv: decodeText',
    )
  })
})
