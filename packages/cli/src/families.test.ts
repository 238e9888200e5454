import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { families } from './families.ts'
import { schemaOptions } from './options/schema-option.ts'
import { taskOptions } from './options/task-options.ts'
import { train } from './commands/train.ts'

const packages = join(import.meta.dirname, '../..')

it('lists every family that a package exports', async () => {
  const found = readdirSync(packages)
    .toSorted()
    .flatMap((folder) => {
      const index = join(packages, folder, 'src/index.ts')
      const names = existsSync(index)
        ? [...readFileSync(index, 'utf8').matchAll(/\b[a-z]\w*Family\b/g)].map(([name]) => name)
        : []
      return names.length === 0 ? [] : [{ folder, names: [...new Set(names)].toSorted() }]
    })
  const lines = [
    '// Written by families.test.ts; after a change of the packages: npx vitest run --project cli families -u',
    "import type { AnyFamily } from '@deepstruct/training'",
    ...found.map(
      ({ folder, names }) => `import { ${names.join(', ')} } from '@deepstruct/${folder}'`,
    ),
    '',
    '/** Every model family, in the order of the packages. */',
    'export const families: readonly AnyFamily[] = [',
    ...found.flatMap(({ names }) => names).map((name) => `  ${name},`),
    ']',
    '',
  ]
  await expect(lines.join('\n')).toMatchFileSnapshot('./families.ts')
})

it.each(families.map((family) => [`${family.name} (${family.task})`, family] as const))(
  'the settings of %s have defaults and descriptions, and no name that train has itself',
  (_, family) => {
    expect(family.settings.safeParse({}).success).toBe(true)
    const options = [
      ...schemaOptions(train.options),
      ...taskOptions('train').map(({ option }) => option),
    ]
    const own = new Set(options.map(({ key }) => key))
    for (const { key, description } of schemaOptions(family.settings)) {
      expect(own).not.toContain(key)
      expect(description).not.toBe('')
    }
  },
)
