import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(import.meta.dirname, '../packages')

/**
 * @typedef {object} EntryPoint
 * @property {string} specifier what a user imports, such as `@deepstruct/training/node`
 * @property {string} source the path of its TypeScript source
 * @property {string} built the path of what is built of it
 */

/**
 * @typedef {object} PublishedPackage
 * @property {string} name
 * @property {string} folder
 * @property {EntryPoint[]} entryPoints
 */

/**
 * Every package that is not private, read from its folder, so that a new one is found without a word elsewhere.
 *
 * @returns {PublishedPackage[]}
 */
export function publishedPackages() {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'))
    if (manifest.private) return []
    const entryPoints = Object.entries(manifest.exports).flatMap(([subpath, target]) =>
      typeof target === 'string'
        ? [] // a file such as package.json
        : [
            {
              specifier: join(manifest.name, subpath),
              source: join(path, target['@deepstruct/source']),
              built: join(path, target.default),
            },
          ],
    )
    return [{ name: manifest.name, folder: path, entryPoints }]
  })
}
