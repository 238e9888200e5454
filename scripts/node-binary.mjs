import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from './cache-folder.mjs'

/** The versions of Node that the packages run on. */
export const nodeMajors = [20, 22, 24]

/** What to say where {@link nodeBinary} finds none. */
export const noNode = `npm gives no binary for ${process.platform} ${process.arch}`

/** The path of a Node binary, from npm and then from the cache, or undefined where npm cannot give one. */
export function nodeBinary(major) {
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
