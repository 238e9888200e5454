import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Case } from './case.ts'

/** Where peers find the numbers of each case. */
export interface InputFiles {
  /** The folder of a case: each array as raw float32 or int32, and a list of them. */
  folderOf(problem: Case): string
  /** Removes everything. */
  remove(): void
}

/** Starts a temporary place for input files. */
export function inputFiles(): InputFiles {
  const place = mkdtempSync(join(tmpdir(), 'deepstruct-bench-'))
  const folders = new Map<Case, string>()
  return {
    folderOf(problem) {
      const known = folders.get(problem)
      if (known !== undefined) return known
      const folder = mkdtempSync(join(place, `${problem.name}-`))
      folders.set(problem, folder)
      write(folder, problem)
      return folder
    },
    remove: () => rmSync(place, { recursive: true, force: true }),
  }
}

function write(folder: string, { arrays, settings }: Case): void {
  const entries = Object.entries(arrays)
  for (const [name, { data }] of entries)
    writeFileSync(
      join(folder, `${name}.bin`),
      new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    )
  const shapes = Object.fromEntries(
    entries.map(([name, { shape, dtype }]) => [name, { shape, dtype }]),
  )
  writeFileSync(join(folder, 'list.json'), JSON.stringify({ settings, arrays: shapes }))
}
