import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, symlinkSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
// Inside the workspace, so that dependencies are found as those of its packages are.
let folder = ''

beforeAll(() => {
  mkdirSync(join(root, 'node_modules/.cache'), { recursive: true })
  folder = mkdtempSync(join(root, 'node_modules/.cache/new-family-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const node = (
  ...args: readonly string[]
): { readonly status: number | null; readonly text: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: 'utf8',
  })
  return { status, text: stdout + stderr }
}

it('makes a package whose contract passes', () => {
  expect(node(join(root, 'scripts/new-family.mjs'), 'deep-value', folder)).toEqual({
    status: 0,
    text: '',
  })
  const scope = join(folder, 'node_modules/@deepstruct')
  mkdirSync(scope, { recursive: true })
  for (const name of readdirSync(join(root, 'packages')))
    symlinkSync(join(root, 'packages', name), join(scope, name))
  symlinkSync(join(root, 'packages/feedforward/node_modules/zod'), join(folder, 'node_modules/zod'))
  writeFileSync(
    join(folder, 'vitest.config.mjs'),
    "const conditions = ['@deepstruct/source', 'module', 'import', 'node', 'default']\nexport default { ssr: { resolve: { conditions } }, test: { include: ['src/*.test.ts'], exclude: [] } }\n",
  )
  const { status, text } = node(
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--root',
    folder,
  )
  expect(text).toContain('4 passed')
  expect(status).toBe(0)
}, 120_000)

it.each(['', 'Deep', 'feed_forward'])('refuses the name %j', (name) => {
  const { status, text } = node(join(root, 'scripts/new-family.mjs'), name)
  expect(text).toContain(`the name is '${name}', expected small letters, digits and hyphens`)
  expect(status).toBe(1)
})

it('leaves a package alone that is there', () => {
  const { status, text } = node(join(root, 'scripts/new-family.mjs'), 'spen')
  expect(text).toContain('packages/spen is there already')
  expect(status).toBe(1)
})
