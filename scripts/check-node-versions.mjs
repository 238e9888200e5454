// Runs smoke.mjs on each supported Node version.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { nodeBinary, nodeMajors, noNode } from './node-binary.mjs'

for (const major of nodeMajors) {
  const binary = nodeBinary(major)
  if (!binary) {
    console.log(`Node ${major}: skipped, ${noNode}`)
    continue
  }
  const { status, stdout, stderr } = spawnSync(binary, [join(import.meta.dirname, 'smoke.mjs')], {
    encoding: 'utf8',
  })
  process.stdout.write(stdout)
  process.stderr.write(stderr)
  // A library prints nothing: neither its dependencies' banners nor a warning of Node.
  if (status !== 0 || stderr !== '') {
    console.log(`Node ${major}: failed`)
    process.exitCode = 1
  }
}
