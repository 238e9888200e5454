import { relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { blocksOf, documentsOf, moduleOf } from './code-blocks.ts'

const root = `${import.meta.dirname}/..`

for (const path of documentsOf(root)) {
  const blocks = blocksOf(path)
  if (blocks.length === 0) continue
  describe(relative(root, path), () => {
    for (const block of blocks) {
      if (block.notRun === undefined)
        it(`the code at line ${block.line} runs`, async () => {
          await expect(import(/* @vite-ignore */ moduleOf(path, block))).resolves.toBeDefined()
        })
      else
        it(`the code at line ${block.line} says why it is not run`, () => {
          expect(block.notRun).not.toBe('')
        })
    }
  })
}
