import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly license: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

interface BuildConfig {
  readonly references: readonly { readonly path: string }[]
}

const root = join(import.meta.dirname, '..')

function read(...path: readonly string[]): string {
  return readFileSync(join(root, ...path), 'utf8')
}

const packages = readdirSync(join(root, 'packages')).map((folder) => {
  const manifest: Manifest = JSON.parse(read('packages', folder, 'package.json'))
  return { folder, manifest }
})
const published = packages.filter(({ manifest }) => !manifest.private)

describe.each(packages)('packages/$folder', ({ folder, manifest }) => {
  it('is named after its folder', () => {
    expect(manifest.name).toBe(`@deepstruct/${folder}`)
  })

  it('builds after the packages that it depends on', () => {
    const { references }: BuildConfig = JSON.parse(read('packages', folder, 'tsconfig.build.json'))
    const dependencies = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
      .filter((name) => name.startsWith('@deepstruct/'))
      .map((name) => `../${name.replace('@deepstruct/', '')}/tsconfig.build.json`)
    expect(references.map(({ path }) => path).toSorted()).toEqual(dependencies.toSorted())
  })
})

describe.each(published)('the published $manifest.name', ({ folder, manifest }) => {
  it('carries the licence of the project', () => {
    expect(manifest.license).toBe('MIT')
    expect(read('packages', folder, 'LICENSE')).toBe(read('LICENSE'))
  })

  it('has a README that names it and says how to install it', () => {
    const readme = read('packages', folder, 'README.md')
    const title = new RegExp(`^# ${manifest.name}$`, 'm').test(readme)
    const installation = new RegExp(`(npm install|npx) (\\S+ )*${manifest.name}\\b`).test(readme)
    expect({ title, installation }).toEqual({ title: true, installation: true })
  })

  it('is in the table of the root README', () => {
    expect(read('README.md')).toContain(`[\`${manifest.name}\`](packages/${folder})`)
  })

  it('needs no package that is not published', () => {
    const needed = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
    const names = new Set(published.map((other) => other.manifest.name))
    const ours = needed.filter((name) => name.startsWith('@deepstruct/'))
    expect(ours.filter((name) => !names.has(name))).toEqual([])
  })
})

it('names no server in the lockfile', () => {
  expect(read('pnpm-lock.yaml')).not.toMatch(/https?:\/\//)
})

it('has a document for each part that its README links to', () => {
  const links = [...read('README.md').matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path]) => path!)
  expect(links.filter((path) => !existsSync(join(root, path)))).toEqual([])
})
