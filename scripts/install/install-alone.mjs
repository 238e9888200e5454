import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './run.mjs'

/**
 * Installs packages by npm as a user does, into a folder of its own; ours come from the given registry, all others from the user's.
 *
 * @param {string} folder made where it is absent
 * @param {readonly string[]} names
 * @param {string} url of the registry that has `@deepstruct/*`
 */
export async function npmInstall(folder, names, url) {
  mkdirSync(folder, { recursive: true })
  const manifest = join(folder, 'package.json')
  writeFileSync(manifest, '{ "private": true, "type": "module" }', { flag: 'a' })
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error']
  // Scripts do not run: `installScripts` says which would.
  const options = [...quiet, '--ignore-scripts', `--@deepstruct:registry=${url}`]
  await run('npm', ['install', ...names, ...options], { cwd: folder })
}

/** The installed packages that would run a script at installation. */
export function installScripts(folder) {
  const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'))
  return Object.entries(packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([path]) => path.replace(/^.*node_modules\//, ''))
}

/** Whether a package is installed, anywhere in the tree. */
export function isInstalled(folder, name) {
  const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'))
  return Object.keys(packages).some((path) => path.endsWith(`node_modules/${name}`))
}

/** Bytes of all files under a folder. */
export function bytesUnder(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((total, { parentPath, name }) => total + statSync(join(parentPath, name)).size, 0)
}
