import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vitest/config'
import { publishedPackages } from './published-packages.mjs'

/** A fenced TypeScript block of a document, each a module that stands alone. */
export interface CodeBlock {
  /** The 1-based line of its opening fence. */
  readonly line: number
  readonly code: string
  /** Why it is not run: the text of the comment `<!-- not run: … -->` above a fence that opens with `ts no-run`. */
  readonly notRun?: string
}

const fence = /^( *)```ts( no-run)?\n(.*?)^\1```$/gms

function markdownBlocks(text: string): readonly CodeBlock[] {
  return [...text.matchAll(fence)].map(({ index, 2: noRun, 3: code = '' }) => {
    const before = text.slice(0, index)
    const line = before.split('\n').length
    if (!noRun) return { line, code }
    return { line, code, notRun: /<!-- not run: (.+) -->\s*$/.exec(before)?.[1] ?? '' }
  })
}

/** The examples in doc comments that import what they use; the others are fragments, to be read. */
function exampleBlocks(text: string): readonly CodeBlock[] {
  // Blanked line by line, so that the lines keep their numbers.
  const comments = text.replaceAll(/^(?: *\* ?)?(.*)$/gm, (whole, content: string) =>
    /^ *\*/.test(whole) ? content : '',
  )
  return markdownBlocks(comments).filter(({ code }) => /^import /m.test(code))
}

/** The code blocks of a Markdown document or a source file. */
export function blocksOf(path: string): readonly CodeBlock[] {
  const text = readFileSync(path, 'utf8')
  return path.endsWith('.md') ? markdownBlocks(text) : exampleBlocks(text)
}

function filesUnder(folder: string, suffix: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(suffix) && !path.includes('node_modules'))
    .map((path) => join(folder, path))
}

/** Every document whose code blocks must run: READMEs, guide pages, and sources for their examples. */
export function documentsOf(root: string): readonly string[] {
  const packages = readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name))
  return [
    join(root, 'README.md'),
    join(root, 'apps/docs/index.md'),
    ...filesUnder(join(root, 'apps/docs/guide'), '.md'),
    ...packages.map((folder) => join(folder, 'README.md')).filter((path) => existsSync(path)),
    ...packages.flatMap((folder) => filesUnder(join(folder, 'src'), '.ts')),
  ]
}

/** The source of everything that a document may import, by what it writes: as if all packages were installed. */
export const sources: ReadonlyMap<string, string> = new Map(
  publishedPackages().flatMap(({ entryPoints }) =>
    entryPoints.map(({ specifier, source }) => [specifier, source] as const),
  ),
)

/** The module that {@link codeBlocks} makes of a block. */
export function moduleOf(path: string, { line }: CodeBlock): string {
  return `${path}.${line}.block.ts`
}

const blockModule = /^(.*)\.(\d+)\.block\.ts$/

/** Lets `import(moduleOf(path, block))` run the block on the sources of the packages it imports. */
export function codeBlocks(): Plugin {
  return {
    name: 'code-blocks',
    enforce: 'pre',
    resolveId(id, importer) {
      if (blockModule.test(id)) return id
      return importer && blockModule.test(importer) ? sources.get(id) : undefined
    },
    load(id) {
      const [, path, line] = blockModule.exec(id) ?? []
      if (!path) return undefined
      return blocksOf(path).find((block) => block.line === Number(line))?.code
    },
  }
}
