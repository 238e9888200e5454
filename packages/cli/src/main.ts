#!/usr/bin/env node
import { processIo } from './process-io.ts'
import { run } from './run.ts'

// npm runs scripts in the folder of package.json; paths are meant from where the user stands.
if (process.env['npm_lifecycle_event'] === 'deepstruct' && process.env['INIT_CWD'])
  process.chdir(process.env['INIT_CWD'])

// Whoever reads the output has left, as `head` does: nothing more to say.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})

process.exitCode = await run(process.argv.slice(2), processIo())
