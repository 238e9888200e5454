import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'

const contentTypes = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
}

/**
 * Serves the files of a folder on a free port of this machine.
 *
 * @param {string} folder
 * @returns {Promise<{ base: string, close(): void }>}
 */
export async function serveFolder(folder) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost')
    const path = join(folder, decodeURIComponent(pathname.replace(/\/$/, '/index.html')))
    const contentType = contentTypes[extname(path)] ?? 'application/octet-stream'
    try {
      const body = await readFile(path)
      response.writeHead(200, { 'content-type': contentType }).end(body)
    } catch {
      response.writeHead(404).end('not found')
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { base: `http://127.0.0.1:${server.address().port}`, close: () => server.close() }
}
