// The types of installed packages, checked by the TypeScript that the first argument names. Each further argument is a module
// that imports a package. Errors in the declarations of others are theirs.
import { createRequire } from 'node:module'

const [library, ...modules] = process.argv.slice(2)
const ts = createRequire(import.meta.url)(library)
const program = ts.createProgram(modules, {
  noEmit: true,
  strict: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
  types: ['node'],
  typeRoots: [`${import.meta.dirname}/../../node_modules/@types`],
})
const problems = ts
  .getPreEmitDiagnostics(program)
  .filter(
    ({ file }) =>
      !file || modules.includes(file.fileName) || file.fileName.includes('/@deepstruct/'),
  )
if (problems.length > 0) {
  process.stdout.write(
    ts.formatDiagnostics(problems, {
      getCanonicalFileName: (name) => name,
      getCurrentDirectory: () => process.cwd(),
      getNewLine: () => '\n',
    }),
  )
  process.exitCode = 1
}
