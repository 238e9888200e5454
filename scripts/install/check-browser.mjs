import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright'
import { build } from 'vite'
import { chromiumPath } from '../chromium.mjs'
import { serveFolder } from '../static-server.mjs'
import { bytesUnder } from './install-alone.mjs'

/** What the page of {@link bundleApp} says in its title. */
const loaded = 'loaded'

/**
 * Bundles a page that imports everything of the given entry points.
 *
 * @param {string} folder where the package is installed
 * @param {readonly string[]} specifiers
 * @param {string} [program] a file that is the page's program instead
 * @returns {Promise<number>} bytes of its scripts
 */
export async function bundleApp(folder, specifiers, program) {
  const app = join(folder, 'app')
  mkdirSync(app, { recursive: true })
  writeFileSync(
    join(app, 'index.html'),
    '<!doctype html><link rel="icon" href="data:,"><script type="module" src="./main.js"></script>',
  )
  if (program) copyFileSync(program, join(app, 'main.js'))
  else
    writeFileSync(
      join(app, 'main.js'),
      `${specifiers.map((name, i) => `import * as part${i} from '${name}'`).join('\n')}
globalThis.parts = [${specifiers.map((_, i) => `part${i}`).join(', ')}]
document.title = globalThis.parts.every((part) => Object.keys(part).length > 0) ? '${loaded}' : 'empty'\n`,
    )
  await build({
    root: app,
    configFile: false,
    logLevel: 'error',
    // The workers of the compiled engine are modules, as they are everywhere else.
    worker: { format: 'es' },
    build: { target: 'es2022', chunkSizeWarningLimit: Infinity },
  })
  return bytesUnder(join(app, 'dist/assets'))
}

/**
 * Opens the bundled pages in Chromium.
 *
 * @param {readonly { name: string, folder: string, title?: string }[]} apps `title`: what the page must say
 * @returns {Promise<string[]>} what is wrong
 */
export async function openApps(apps) {
  const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] })
  const problems = []
  try {
    for (const { name, folder, title = loaded } of apps) {
      const { base, close } = await serveFolder(join(folder, 'app/dist'))
      const page = await browser.newPage()
      const say = (problem) => problems.push(`${name} in Chromium: ${problem}`)
      page.on('pageerror', (error) => say(error.message))
      page.on('console', (message) => say(`the console has "${message.text()}"`))
      page.on('request', (request) => {
        if (!request.url().startsWith(base) && !request.url().startsWith('data:'))
          say(`a request to ${request.url()}`)
      })
      await page.goto(base)
      await page
        .waitForFunction((expected) => document.title === expected, title, { timeout: 20_000 })
        .catch(async () => say(`the title is "${await page.title()}", not "${title}"`))
      await page.close()
      close()
    }
  } finally {
    await browser.close()
  }
  return problems
}
