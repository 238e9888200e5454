import { once } from 'node:events'
import { join } from 'node:path'
import { runServer } from 'verdaccio'

/**
 * A registry on a free port of this machine. It holds what is published to it, asks no other, and takes any name.
 *
 * @param {string} folder where it keeps its packages
 * @returns {Promise<{ url: string, close(): Promise<unknown> }>}
 */
export async function localRegistry(folder) {
  const everybody = { access: '$all', publish: '$all', unpublish: '$all' }
  const server = await runServer({
    self_path: join(folder, 'registry.yaml'),
    storage: join(folder, 'storage'),
    packages: { '**': everybody },
    uplinks: {},
    web: { enable: false },
    log: { type: 'stdout', format: 'pretty', level: 'fatal' },
    max_body_size: '100mb',
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close() {
      server.closeAllConnections()
      server.close()
      return once(server, 'close')
    },
  }
}
