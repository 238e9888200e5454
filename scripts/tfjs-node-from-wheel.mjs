// Builds tfjs-node's own N-API binding against the libtensorflow inside the Python package tensorflow-cpu. Linux x64
// with python3, pip and a C++ compiler. The result is kept in the user's cache folder; the package gets one link to it.
import { execFileSync, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { include_dir as nodeApiHeaders } from 'node-api-headers'
import { dirname, join } from 'node:path'
import { cacheFolder } from './cache-folder.mjs'

// The smallest release whose wheel has libtensorflow_cc.so.2, and the digest of its cp311 wheel.
const tensorflow = '2.13.1'
const sha256 = '87be6e61314b2c0fa062f71e26e41d6a17e162ffe4da72c820fe8f1fc94d97fe'

const binding = 'tfjs_binding.node'
const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']

const python = process.env.PYTHON || 'python3'
const compiler = process.env.CXX || 'g++'

function run(command, args) {
  return execFileSync(command, args, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' })
}

/** Downloads the wheel into `folder`. Fixed tags: it is only unpacked, so the local Python's version plays no part. */
function downloadWheel(folder) {
  const requirements = join(folder, 'requirements.txt')
  writeFileSync(requirements, `tensorflow-cpu==${tensorflow} --hash=sha256:${sha256}\n`)
  run(python, [
    '-m',
    'pip',
    'download',
    '--quiet',
    '--disable-pip-version-check',
    '--no-cache-dir',
    '--no-deps',
    '--only-binary=:all:',
    '--implementation=cp',
    '--python-version=3.11',
    '--abi=cp311',
    '--platform=manylinux_2_17_x86_64',
    '--platform=manylinux2014_x86_64',
    `--dest=${folder}`,
    `--requirement=${requirements}`,
  ])
  return join(
    folder,
    readdirSync(folder).find((name) => name.endsWith('.whl')),
  )
}

/** Unpacks the two libraries beside each other, and the C headers with what they include. */
function unpack(wheel, folder) {
  const program = `
import os, re, shutil, sys, zipfile
wheel, folder = sys.argv[1:]
wanted = re.compile(r'tensorflow/(lib[^/]+\\.so\\.2|include/(tensorflow/c|tensorflow/core/platform|(tensorflow/)?tsl/(c|platform))/.*\\.h)$')
with zipfile.ZipFile(wheel) as archive:
    for name in filter(wanted.match, archive.namelist()):
        target = os.path.join(folder, name.removeprefix('tensorflow/'))
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with archive.open(name) as source, open(target, 'wb') as file:
            shutil.copyfileobj(source, file)
`
  run(python, ['-c', program, wheel, folder])
  for (const library of libraries)
    if (!existsSync(join(folder, library))) throw new Error(`${library} is not in the wheel`)
}

/** Compiles the package's own binding into `folder`, to load the libraries that lie beside it. */
function compile(sources, folder, napi) {
  run(compiler, [
    '-std=c++17',
    '-O2',
    '-fPIC',
    '-shared',
    '-pthread',
    `-DNAPI_VERSION=${napi}`,
    '-DNODE_GYP_MODULE_NAME=tfjs_binding',
    `-I${nodeApiHeaders}`,
    `-I${join(folder, 'include')}`,
    join(sources, 'tfjs_backend.cc'),
    join(sources, 'tfjs_binding.cc'),
    ...libraries.map((library) => join(folder, library)),
    '-Wl,-rpath,$ORIGIN',
    '-o',
    join(folder, binding),
  ])
}

/** Builds in a folder of its own and moves it into place whole, so that a cache entry is complete or absent. */
function build(entry, sources, napi) {
  mkdirSync(dirname(entry), { recursive: true })
  const work = mkdtempSync(`${entry}-`)
  try {
    const stage = join(work, 'stage')
    mkdirSync(stage)
    unpack(downloadWheel(work), stage)
    compile(sources, stage, napi)
    rmSync(join(stage, 'include'), { recursive: true })
    // The symbols are for debuggers; a machine without `strip` keeps them.
    spawnSync('strip', ['--strip-unneeded', ...libraries.map((library) => join(stage, library))])
    if (!existsSync(entry)) renameSync(stage, entry) // it exists when another run was first
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/**
 * Links the package in `folder` to a binding that fits it. Returns whether the cache had it, and a function that takes
 * it out of the cache.
 */
export function linkBindingFromWheel({ folder, version, napi }) {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(`no way known for ${process.platform} ${process.arch}`)
  const entry = join(cacheFolder, `tfjs-node-${version}-tensorflow-${tensorflow}-napi${napi}`)
  const cached = existsSync(entry)
  if (!cached) build(entry, join(folder, 'binding'), napi)

  const link = join(folder, `lib/napi-v${napi}`, binding)
  mkdirSync(dirname(link), { recursive: true })
  rmSync(link, { force: true })
  symlinkSync(join(entry, binding), link)
  return { cached, forget: () => rmSync(entry, { recursive: true, force: true }) }
}
