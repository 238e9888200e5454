import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * Where downloads are kept: `deepstruct` in the user's cache folder, that is `XDG_CACHE_HOME` where it is set, else
 * `LOCALAPPDATA` on Windows, else `~/.cache`.
 */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const windows = process.platform === 'win32' ? environment['LOCALAPPDATA'] : undefined
  return join(environment['XDG_CACHE_HOME'] || windows || join(homedir(), '.cache'), 'deepstruct')
}
