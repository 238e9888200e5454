// Copied into a folder with an installed package and run there: loads each specifier in the way that the first argument names.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'

const [way, ...specifiers] = process.argv.slice(2)
const load = {
  import: (specifier) => import(specifier),
  require: createRequire(import.meta.url),
}
for (const specifier of specifiers) {
  const exported = await load[way](specifier)
  assert.notEqual(Object.keys(exported).length, 0, `${specifier} exports nothing`)
}
