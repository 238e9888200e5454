// Makes dist/gradients.js: the gradients of tfjs-core, which Node cannot import one by one (their file names lack the
// extension that ESM asks for). A bundle works beside the installed tfjs-core, because registries are global there.
import { build } from 'esbuild'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const dist = join(import.meta.dirname, '../dist')
const { version } = createRequire(import.meta.url)('@tensorflow/tfjs-core/package.json')
const firstLine = `// The gradients of @tensorflow/tfjs-core ${version}, see THIRD-PARTY-LICENSES.\n`

const bundle = join(dist, 'gradients.js')
const upToDate = existsSync(bundle) && readFileSync(bundle, 'utf8').startsWith(firstLine)
if (!upToDate) {
  mkdirSync(dist, { recursive: true })
  writeFileSync(join(dist, 'gradients.d.ts'), 'export {}\n')
  // Last, because its presence says that all is done.
  await build({
    stdin: {
      contents: "import '@tensorflow/tfjs-core/dist/register_all_gradients.js'",
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    mainFields: ['module', 'main'],
    legalComments: 'eof',
    banner: { js: firstLine.trimEnd() },
    outfile: bundle,
  })
}
