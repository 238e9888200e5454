// Gives @tensorflow/tfjs-node its native library, whose install script the workspace leaves off because a failed
// download would remove the package. First the package's own installer; where that cannot work, libtensorflow comes
// from the Python package tensorflow-cpu (see tfjs-node-from-wheel.mjs). Ends with a word and exit code 0 when there is
// no way: the engine `tensorflow` is an option, and its tests are then skipped.
import { spawnSync } from 'node:child_process'
import { copyFileSync, readFileSync, realpathSync, renameSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import { linkBindingFromWheel } from './tfjs-node-from-wheel.mjs'

const require = createRequire(import.meta.url)

/** Prints one line about this set-up. */
function say(message) {
  console.log(`tfjs-node: ${message}`)
}

/** The real folder of the installed package, or undefined. */
function packageFolder() {
  try {
    return dirname(realpathSync(require.resolve('@tensorflow/tfjs-node/package.json')))
  } catch {
    return undefined
  }
}

/** Multiplies and differentiates on the native backend in a process of its own: a bad library may crash it. */
function nativeBackend(folder) {
  const program = `
    const util = require('node:util')
    util.isNullOrUndefined ??= (value) => value == null // removed in Node 23, still called by tfjs-node
    util.isArray ??= Array.isArray
    const tf = require(${JSON.stringify(folder)})
    const gradient = tf.grad((x) => tf.sum(tf.softplus(tf.matMul(x, tf.ones([3, 4])))))(tf.zeros([2, 3]))
    if (tf.getBackend() !== 'tensorflow') throw new Error('the backend is ' + tf.getBackend())
    if (gradient.dataSync().some((g) => Math.abs(g - 2) > 1e-5)) throw new Error('wrong gradient ' + gradient)
    console.log('TensorFlow ' + tf.backend().binding.TF_Version)`
  const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', program], {
    encoding: 'utf8',
    timeout: 120_000,
    env: { ...process.env, NODE_OPTIONS: '', TF_CPP_MIN_LOG_LEVEL: '3' },
  })
  const version = /^TensorFlow \S+$/m.exec(stdout ?? '')?.[0]
  return status === 0 && version
    ? { version }
    : { problem: (stderr ?? '').trim().split('\n').slice(-8).join('\n') || `exit code ${status}` }
}

/** Whether the server of the package's own downloads answers: its installer waits for minutes where none does. */
async function downloadsAnswer(host) {
  try {
    await fetch(new URL('/', host), { method: 'HEAD', signal: AbortSignal.timeout(5000) })
    return true
  } catch {
    return false
  }
}

/** Runs the package's own installer. */
function runOwnInstaller(folder) {
  // The installer rewrites package.json in place; a copy keeps that away from the package manager's store.
  const manifest = join(folder, 'package.json')
  copyFileSync(manifest, `${manifest}.copy`)
  renameSync(`${manifest}.copy`, manifest)
  const programs = [join(folder, 'node_modules/.bin'), join(folder, '../../.bin')]
  return spawnSync(process.execPath, ['scripts/install.js'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'ignore'],
    timeout: 300_000,
    env: { ...process.env, PATH: [...programs, process.env.PATH].join(delimiter) },
  })
}

/** Tries each way in turn and returns what to tell. */
async function setUp(folder) {
  const present = nativeBackend(folder)
  if (present.version) return `${present.version} works`
  const { binary, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  if (await downloadsAnswer(binary.host)) {
    runOwnInstaller(folder)
    const installed = nativeBackend(folder)
    if (installed.version) return `${installed.version}, by the package's own installer`
  }
  const napi = Math.max(...binary.napi_versions.filter((n) => n <= Number(process.versions.napi)))
  const { cached, forget } = linkBindingFromWheel({ folder, version, napi })
  const linked = nativeBackend(folder)
  if (linked.version) return `${linked.version}, ${cached ? 'from the cache' : 'built'}`
  forget() // so that the next run builds it again
  throw new Error(`built, but does not load: ${linked.problem}`)
}

const folder = packageFolder()
try {
  say(folder ? await setUp(folder) : 'not installed, so there is no native backend')
} catch (error) {
  const output = error.stderr ? `\n${String(error.stderr).trim().slice(-1500)}` : ''
  say(`no native backend: ${error.message}${output}`)
}
