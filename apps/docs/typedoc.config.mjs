import { readdirSync, readFileSync } from 'node:fs'

const packages = new URL('../../packages/', import.meta.url)

function isPublished(folder) {
  return !JSON.parse(readFileSync(new URL(`${folder}/package.json`, packages), 'utf8')).private
}

/** Every published package, so that a new one is in the reference without a word here. */
const published = readdirSync(packages).filter(isPublished)

/** @type {import('typedoc').TypeDocOptions & import('typedoc-plugin-markdown').PluginOptions} */
export default {
  entryPointStrategy: 'packages',
  entryPoints: published.map((folder) => `../../packages/${folder}`),
  packageOptions: { entryPoints: ['src/index.ts'], readme: 'none', disableSources: true },
  plugin: ['typedoc-plugin-markdown', 'typedoc-vitepress-theme'],
  out: './api',
  docsRoot: '.',
  readme: 'none',
  name: 'API',
  disableSources: true,
  validation: { notExported: true, invalidLink: true, notDocumented: true },
  treatWarningsAsErrors: true,
}
