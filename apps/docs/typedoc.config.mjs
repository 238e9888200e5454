import { relative } from 'node:path'
import { publishedPackages } from '../../scripts/published-packages.mjs'

/** @type {import('typedoc').TypeDocOptions & import('typedoc-plugin-markdown').PluginOptions} */
export default {
  entryPointStrategy: 'packages',
  entryPoints: publishedPackages().map(({ folder }) => relative(import.meta.dirname, folder)),
  packageOptions: {
    // What only engines import (`@deepstruct/tensor/engine`) is no part of the reference.
    entryPoints: ['src/**/index.ts'],
    exclude: ['**/src/engine/index.ts'],
    readme: 'none',
    disableSources: true,
  },
  plugin: ['typedoc-plugin-markdown', 'typedoc-vitepress-theme'],
  out: './api',
  docsRoot: '.',
  readme: 'none',
  name: 'API',
  disableSources: true,
  validation: { notExported: true, invalidLink: true, notDocumented: true },
  treatWarningsAsErrors: true,
}
