import { relative } from 'node:path'
import { expect, it } from 'vitest'
import { blocksOf, documentsOf, moduleOf } from './code-blocks.ts'

const root = `${import.meta.dirname}/..`

const blocks = documentsOf(root).flatMap((path) =>
  blocksOf(path).map((block) => ({
    at: `${relative(root, path)}:${block.line}`,
    module: moduleOf(path, block),
    notRun: block.notRun,
  })),
)

it.each(blocks.filter(({ notRun }) => notRun === undefined))(
  'the code at $at runs',
  async ({ module }) => {
    await expect(import(/* @vite-ignore */ module)).resolves.toBeDefined()
  },
)

it.each(blocks.filter(({ notRun }) => notRun !== undefined))(
  'the code at $at says why it is not run',
  ({ notRun }) => {
    expect(notRun).not.toBe('')
  },
)
