// Runs smoke.mjs on each supported Node version. The other versions' binaries come from npm and stay in the cache.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from './cache-folder.mjs'

const majors = [20, 22, 24]

/** The path of a Node binary, or undefined where npm cannot give one. */
function nodeBinary(major) {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath
  const windows = process.platform === 'win32'
  const name = `node-${windows ? 'win' : process.platform}-${process.arch}`
  const prefix = join(cacheFolder, `node-${major}`)
  const binary = join(prefix, 'node_modules', name, 'bin', windows ? 'node.exe' : 'node')
  if (!existsSync(binary))
    spawnSync(`npm install --no-save --ignore-scripts --prefix "${prefix}" ${name}@${major}`, {
      stdio: 'ignore',
      shell: true,
    })
  return existsSync(binary) ? binary : undefined
}

for (const major of majors) {
  const binary = nodeBinary(major)
  if (!binary) {
    console.log(
      `Node ${major}: skipped, npm gives no binary for ${process.platform} ${process.arch}`,
    )
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
