import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')

interface Packed {
  readonly files: readonly { readonly path: string }[]
}

/** The files that would be published. */
function packed(): readonly string[] {
  const listed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [{ files }] = JSON.parse(listed) as readonly [Packed]
  return files.map(({ path }) => path)
}

it('threads find their files in the published package, from the sources and from what is built of them', () => {
  const files = packed()
  const source = readFileSync(join(root, 'src/pool/pool.ts'), 'utf8')
  const plain = [...source.matchAll(/'\.\.\/\.\.\/(src\/pool\/\w+\.mjs)'/g)].map(
    ([, path]) => path!,
  )
  expect(plain.toSorted()).toEqual(['src/pool/performer.mjs', 'src/pool/worker.mjs'])
  for (const path of plain) {
    expect(files).toContain(path)
    const text = readFileSync(join(root, path), 'utf8')
    const needed = [...text.matchAll(/^import .*from '(\..*)'$/gm)].map(([, file]) =>
      join('src/pool', file!),
    )
    expect(files).toEqual(expect.arrayContaining(needed))
  }
  // Two folders up from both is the package.
  expect(existsSync(join(root, 'src/pool'))).toBe(true)
  expect(files.filter((path) => path.includes('.test.'))).toEqual([])
})

it('all plain JavaScript of the sources is type-checked', () => {
  const plain = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter(
    (path) => /\.m?js$/.test(path),
  )
  expect(plain.toSorted()).toEqual(['pool/performer.mjs', 'pool/worker.mjs'])
  const listed = execFileSync('npx', ['tsc', '--listFilesOnly'], { cwd: root, encoding: 'utf8' })
  for (const path of plain) expect(listed).toContain(join('src', path))
})
