import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { writeResults } from './results.ts'

it('replaces a file and leaves nothing else', () => {
  const place = mkdtempSync(join(tmpdir(), 'deepstruct-results-'))
  try {
    const folder = pathToFileURL(`${join(place, 'new')}/`)
    writeResults('a.json', [1], folder)
    writeResults('a.json', [{ case: 'x' }], folder)
    expect(readdirSync(folder)).toEqual(['a.json'])
    expect(JSON.parse(readFileSync(new URL('a.json', folder), 'utf8'))).toEqual([{ case: 'x' }])
  } finally {
    rmSync(place, { recursive: true })
  }
})
