import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { run } from './run.mjs'

const root = join(import.meta.dirname, '../..')
const changeset = createRequire(import.meta.url).resolve('@changesets/cli/bin.js')

/**
 * Publishes every public package to a registry, with the command that a release uses. Nothing else is in reach of it: its
 * configuration names this registry and a token that no other knows.
 *
 * @param {string} url of the registry
 * @param {string} folder for the configuration
 */
export async function publishTo(url, folder) {
  const configuration = join(folder, 'publish.npmrc')
  writeFileSync(configuration, `registry=${url}\n${url.replace('http:', '')}:_authToken=anybody\n`)
  await run(process.execPath, [changeset, 'publish', '--no-git-tag'], {
    cwd: root,
    env: {
      ...process.env,
      CI: 'true',
      npm_config_registry: url,
      npm_config_userconfig: configuration,
      pnpm_config_registry: url,
      pnpm_config_userconfig: configuration,
    },
  })
}
