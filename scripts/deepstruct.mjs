// The command line from a checkout: sets up and builds when something has changed since the last time, then becomes
// the command, in this process, so that input, output, signals and exit codes are the command's own. What set-up and
// build have to say goes to stderr.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const main = join(root, 'packages/cli/dist/main.js')
const stamp = join(root, 'node_modules/.deepstruct/stamp')
const lock = join(root, 'node_modules/.deepstruct/lock')
/** No set-up takes longer, so an older lock was left by a process that was killed. */
const longestSetUp = 15 * 60_000

/** A digest of path, size and time of every file that set-up and build read: cheap enough for each start. */
function fingerprint() {
  const files = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', 'tsconfig.base.json']
  for (const name of readdirSync(join(root, 'packages'))) {
    const folder = join('packages', name)
    files.push(join(folder, 'package.json'), join(folder, 'tsconfig.build.json'))
    for (const part of [join(folder, 'src'), join(folder, 'scripts')])
      if (existsSync(join(root, part)))
        for (const file of readdirSync(join(root, part), { recursive: true }))
          if (!file.endsWith('.test.ts')) files.push(join(part, file))
  }
  const hash = createHash('sha256').update(process.version)
  for (const file of files.toSorted()) {
    const { size, mtimeMs } = statSync(join(root, file), { throwIfNoEntry: false }) ?? {}
    hash.update(`${file} ${size} ${mtimeMs}\n`)
  }
  return hash.digest('hex')
}

function isReady() {
  return existsSync(main) && existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint()
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** Whether the lock, if it is there, was left by a process that is gone. */
function lockIsStale() {
  const { mtimeMs } = statSync(lock, { throwIfNoEntry: false }) ?? {}
  if (mtimeMs === undefined) return false
  if (Date.now() - mtimeMs > longestSetUp) return true
  const holder = Number(readFileSync(lock, 'utf8')) // 0 between the file's creation and its first byte
  return holder > 0 && !isAlive(holder)
}

function lockIsTaken() {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    return false
  }
}

/** Runs `action` while no other process runs one. */
async function underLock(action) {
  mkdirSync(dirname(lock), { recursive: true })
  while (!lockIsTaken()) {
    if (lockIsStale()) rmSync(lock, { force: true })
    else await setTimeout(100)
  }
  try {
    return action()
  } finally {
    rmSync(lock, { force: true })
  }
}

function succeeds(command) {
  const { status } = spawnSync(command, { cwd: root, stdio: ['ignore', 2, 2], shell: true })
  return status === 0
}

/** Sets up and builds, unless the process that held the lock before has done so. Returns what failed, if anything. */
function makeReady() {
  if (isReady()) return undefined
  const before = fingerprint() // a file that changes meanwhile is a reason to build again
  if (!succeeds('npm run --silent setup')) return 'set-up'
  if (!succeeds('npm run --silent build:cli')) return 'build'
  writeFileSync(`${stamp}.new`, before)
  renameSync(`${stamp}.new`, stamp)
  return undefined
}

const failed = isReady() ? undefined : await underLock(makeReady)
if (failed) {
  process.stderr.write(`deepstruct: the ${failed} failed; its messages are above\n`)
  process.exitCode = 1
} else {
  process.argv[1] = main
  await import(pathToFileURL(main).href)
}
