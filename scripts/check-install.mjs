// What a user gets: publishes the built packages to a registry of this machine, installs each alone in an empty folder, and there
// imports and requires it on every Node, checks its types by two versions of TypeScript, bundles it with Vite, opens the bundle in
// Chromium, and compares its size with install/ceilings.json.
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { chromiumPath, noChromium } from './chromium.mjs'
import { bundleApp, openApps } from './install/check-browser.mjs'
import { bytesUnder, installScripts, isInstalled, npmInstall } from './install/install-alone.mjs'
import { localRegistry } from './install/local-registry.mjs'
import { publishTo } from './install/publish.mjs'
import { eachOf, run, RunError } from './install/run.mjs'
import { nodeBinary, nodeMajors, noNode } from './node-binary.mjs'
import { publishedPackages } from './published-packages.mjs'

const here = join(import.meta.dirname, 'install')
const atOnce = 2
/** What the page with install/wasm-step.js computes: |xw|² and 2xᵀxw. */
const stepOfTensor = '5 -14 -24'

const ceilings = JSON.parse(readFileSync(join(here, 'ceilings.json'), 'utf8'))
const problems = []
const say = (problem) => problems.push(problem)

/** What runs in a browser: entry points that are not for Node, of packages that are no command. */
const browserEntryPoints = ({ manifest, specifiers }) =>
  manifest.bin ? [] : specifiers.filter((specifier) => !specifier.endsWith('/node'))

async function attempt(what, action) {
  try {
    return await action()
  } catch (error) {
    say(error instanceof RunError ? `${what}: ${error.message}` : `${what}: ${error.stack}`)
    return undefined
  }
}

async function timed(what, action) {
  const started = performance.now()
  const result = await action()
  console.log(`${what}: ${((performance.now() - started) / 1000).toFixed(1)} s`)
  return result
}

async function loadOn(major, installed) {
  const node = nodeBinary(major)
  if (!node) {
    console.log(`Node ${major}: skipped, ${noNode}`)
    return
  }
  await eachOf(installed, atOnce, async ({ name, folder, specifiers }) => {
    for (const way of ['import', 'require'])
      await attempt(`${name}, ${way} on Node ${major}`, () =>
        run(node, ['load.mjs', way, ...specifiers], { cwd: folder, silent: true }),
      )
  })
}

const megabytes = (bytes) => Number((bytes / 1e6).toFixed(2))

function checkSizes({ name, installedMB, ownMB, bundledMB }) {
  const sizes = { installedMB, ownMB, ...(bundledMB !== undefined && { bundledMB }) }
  console.log(
    `  ${name.padEnd(24)}${Object.entries(sizes)
      .map(([what, size]) => `${what} ${size}`.padEnd(20))
      .join('')}`,
  )
  for (const [what, size] of Object.entries(sizes)) {
    const ceiling = ceilings[name]?.[what]
    if (ceiling === undefined) say(`${name}: install/ceilings.json has no ${what}; it is ${size}`)
    else if (size > ceiling) say(`${name}: ${what} is ${size}, above its ceiling of ${ceiling}`)
  }
}

const folder = mkdtempSync(join(tmpdir(), 'deepstruct-install-'))
const registry = await localRegistry(folder)
try {
  const packages = publishedPackages().map(({ name, folder: source, entryPoints }) => ({
    name,
    folder: join(folder, basename(source)),
    manifest: JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')),
    specifiers: entryPoints.map(({ specifier }) => specifier),
  }))
  await timed('changeset publish to a local registry', () => publishTo(registry.url, folder))

  await timed(`npm install, ${packages.length} packages each alone`, () =>
    eachOf(packages, atOnce, ({ name, folder: target }) =>
      npmInstall(target, [name], registry.url),
    ),
  )
  for (const { name, folder: target } of packages) {
    const scripts = installScripts(target)
    const allowed = ceilings[name]?.installScripts ?? []
    if (scripts.some((script) => !allowed.includes(script)))
      say(`${name}: its installation would run a script of ${scripts.join(', ')}`)
    if (isInstalled(target, 'onnxruntime-node') !== allowed.includes('onnxruntime-node'))
      say(`${name}: onnxruntime-node is installed with it, or is missing`)
    copyFileSync(join(here, 'load.mjs'), join(target, 'load.mjs'))
  }

  for (const major of nodeMajors)
    await timed(`import and require on Node ${major}`, () => loadOn(major, packages))

  const users = packages.map(({ folder: target, specifiers }) => {
    const user = join(target, 'user.mts')
    writeFileSync(
      user,
      specifiers.map((name, i) => `export * as part${i} from '${name}'\n`).join(''),
    )
    return user
  })
  await eachOf(['typescript', 'typescript-5.9'], atOnce, (library) =>
    timed(`types by ${library}`, () =>
      attempt(library, () =>
        run(process.execPath, [join(here, 'check-types.mjs'), library, ...users], { cwd: folder }),
      ),
    ),
  )

  const apps = packages.filter((one) => browserEntryPoints(one).length > 0)
  const bundled = new Map()
  await timed('bundles by Vite', async () => {
    for (const app of apps)
      await attempt(`${app.name}, bundled by Vite`, async () => {
        bundled.set(app.name, await bundleApp(app.folder, browserEntryPoints(app)))
      })
  })
  if (chromiumPath) {
    await timed('bundles in Chromium', async () => {
      for (const problem of await openApps(apps)) say(problem)
      const tensor = apps.find(({ name }) => name === '@deepstruct/tensor')
      await attempt('a step on wasm', () =>
        bundleApp(tensor.folder, [], join(here, 'wasm-step.js')),
      )
      for (const problem of await openApps([{ ...tensor, title: stepOfTensor }])) say(problem)
    })
  } else {
    console.log(`The bundles are not opened: ${noChromium}`)
    if (process.env.REQUIRE_BROWSER) say(noChromium)
  }

  console.log(
    'sizes, in MB: all that npm installs, the package itself, a page with all of its functions',
  )
  for (const { name, folder: target } of packages)
    checkSizes({
      name,
      installedMB: megabytes(bytesUnder(join(target, 'node_modules'))),
      ownMB: megabytes(bytesUnder(join(target, 'node_modules', name))),
      bundledMB: bundled.has(name) ? megabytes(bundled.get(name)) : undefined,
    })
} finally {
  await registry.close()
  if (process.env.KEEP_INSTALLED) console.log(folder)
  else rmSync(folder, { recursive: true, force: true })
}
for (const problem of problems) console.error(problem)
console.log(`installed packages: ${problems.length} problems`)
if (problems.length > 0) process.exitCode = 1
