import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll } from 'vitest'

/**
 * The command as a process of its own, for what only a process shows: signals, pipes, exit codes. It is bundled from src, which takes a
 * moment and needs no build.
 */
export function bundledCli(): (args: readonly string[]) => ChildProcessWithoutNullStreams {
  const packageFolder = join(import.meta.dirname, '..')
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deepstruct-bin-'))
    await copyFile(join(packageFolder, 'package.json'), join(folder, 'package.json'))
    await build({
      entryPoints: [join(packageFolder, 'src/main.ts')],
      outdir: join(folder, 'dist'),
      // What is imported only when it is needed stays apart.
      splitting: true,
      bundle: true,
      platform: 'node',
      format: 'esm',
      conditions: ['@deepstruct/source'],
      // Not loaded in these tests.
      external: ['@observablehq/plot', 'linkedom', '@tensorflow/tfjs-backend-wasm'],
      banner: {
        js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url)",
      },
    })
  })
  afterAll(() => rm(folder, { recursive: true }))
  return (args) => spawn(process.execPath, [join(folder, 'dist/main.js'), ...args])
}
