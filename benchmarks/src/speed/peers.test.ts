import { afterEach, expect, it, vi } from 'vitest'
import { inputFiles } from './input-files.ts'
import { startPeer } from './peers.ts'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

it('says in one line that a peer is absent', async () => {
  vi.stubEnv('PYTHON', 'there-is-no-such-python')
  const said = vi.spyOn(console, 'log').mockImplementation(() => undefined)
  const files = inputFiles()
  try {
    expect(await startPeer('torch', 2, files, () => true)).toBeUndefined()
    expect(said.mock.calls).toHaveLength(1)
    expect(String(said.mock.calls[0]?.[0])).toMatch(/^torch is not there .*its rows are missing$/)
  } finally {
    files.remove()
  }
})
