import { join, relative } from 'node:path'
import ts from 'typescript'
import { expect, it } from 'vitest'
import { blocksOf, documentsOf, moduleOf, sources } from './code-blocks.ts'

const root = join(import.meta.dirname, '..')

/** The options of the packages, with every package to be had from everywhere, as in a project that installed them all. */
function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), (path) =>
    ts.sys.readFile(path),
  )
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  return {
    ...options,
    noEmit: true,
    isolatedDeclarations: false,
    declaration: false,
    declarationMap: false,
    types: ['node'],
    paths: Object.fromEntries([...sources].map(([specifier, source]) => [specifier, [source]])),
  }
}

it('the code in documents has no type errors', () => {
  const modules = new Map(
    documentsOf(root).flatMap((path) =>
      blocksOf(path).map((block) => [moduleOf(path, block), { path, ...block }] as const),
    ),
  )
  const options = compilerOptions()
  const disk = ts.createCompilerHost(options)
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (name) => modules.has(name) || disk.fileExists(name),
    readFile: (name) => modules.get(name)?.code ?? disk.readFile(name),
    getSourceFile(name, language) {
      const block = modules.get(name)
      return block
        ? ts.createSourceFile(name, block.code, language)
        : disk.getSourceFile(name, language)
    },
  }
  const program = ts.createProgram([...modules.keys()], options, host)
  const problems = [...modules].flatMap(([name, { path, line }]) => {
    const file = program.getSourceFile(name)!
    return ts.getPreEmitDiagnostics(program, file).map(({ start = 0, messageText }) => {
      const at = line + 1 + file.getLineAndCharacterOfPosition(start).line
      return `${relative(root, path)}:${at}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
    })
  })
  expect(problems).toEqual([])
})
