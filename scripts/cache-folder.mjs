import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where the scripts keep downloads that every checkout can use. */
export const cacheFolder = join(
  process.env.XDG_CACHE_HOME || join(homedir(), '.cache'),
  'deepstruct',
)
