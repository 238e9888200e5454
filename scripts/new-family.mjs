// pnpm new:family NAME: a package with a model family that learns, passes the contract of families, and is on the command line.
// pnpm new:family NAME FOLDER: the package alone, anywhere.
import { existsSync } from 'node:fs'
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const templates = join(import.meta.dirname, 'new-family')
const dependencies = ['inference', 'networks', 'tensor', 'training']

/** The text of a file of the workspace as JSON. */
async function json(...path) {
  return JSON.parse(await readFile(join(root, ...path), 'utf8'))
}

/** `deepValue` for `deep-value`. */
function camelCase(name) {
  return name.replaceAll(/-([a-z])/g, (_, letter) => letter.toUpperCase())
}

/** The files of the package by path; manifests are those of a neighbor with another name. */
async function filesOf(name) {
  const camel = camelCase(name)
  const pascal = camel[0].toUpperCase() + camel.slice(1)
  const filled = async (template) =>
    (await readFile(join(templates, template), 'utf8'))
      .replaceAll('__name__', name)
      .replaceAll('__camel__', camel)
      .replaceAll('__Pascal__', pascal)
  const neighbor = await json('packages/feedforward/package.json')
  const manifest = {
    ...neighbor,
    name: `@deepstruct/${name}`,
    version: '0.0.0',
    description: 'Label sets at the minimum of an energy',
    scripts: {
      ...neighbor.scripts,
      test: neighbor.scripts.test.replace('feedforward', name),
    },
    dependencies: {
      ...Object.fromEntries(dependencies.map((one) => [`@deepstruct/${one}`, 'workspace:^'])),
      zod: 'catalog:',
    },
  }
  const build = {
    ...(await json('packages/feedforward/tsconfig.build.json')),
    references: dependencies.map((one) => ({ path: `../${one}/tsconfig.build.json` })),
  }
  return {
    'package.json': `${JSON.stringify(manifest, undefined, 2)}\n`,
    'tsconfig.build.json': `${JSON.stringify(build, undefined, 2)}\n`,
    'README.md': await filled('README.md.template'),
    'src/index.ts': await filled('src/index.ts.template'),
    [`src/${name}-family.ts`]: await filled('src/family.ts.template'),
    [`src/${name}-family.test.ts`]: await filled('src/family.test.ts.template'),
  }
}

/** Adds a line after the last one of its kind in a file of the workspace. */
async function addLine(path, kind, line) {
  const lines = (await readFile(join(root, path), 'utf8')).split('\n')
  lines.splice(lines.findLastIndex((one) => kind.test(one)) + 1, 0, line)
  await writeFile(join(root, path), lines.join('\n'))
}

/** Makes the package in a folder; `packages/NAME` is where it belongs. */
async function writePackage(name, folder) {
  await mkdir(join(folder, 'src'), { recursive: true })
  for (const [path, text] of Object.entries(await filesOf(name)))
    await writeFile(join(folder, path), text)
  for (const path of ['tsconfig.json', 'LICENSE'])
    await copyFile(join(root, 'packages/feedforward', path), join(folder, path))
}

async function run(name = '', elsewhere) {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
    throw new Error(`the name is '${name}', expected small letters, digits and hyphens`)
  if (elsewhere !== undefined) return writePackage(name, elsewhere)
  const folder = join(root, 'packages', name)
  if (existsSync(folder)) throw new Error(`packages/${name} is there already`)
  await writePackage(name, folder)

  await addLine(
    'README.md',
    /^\| \[`@deepstruct\//,
    `| [\`@deepstruct/${name}\`](packages/${name}) | label sets at the minimum of an energy |`,
  )
  const lint = await readFile(join(root, '.oxlintrc.json'), 'utf8')
  await writeFile(
    join(root, '.oxlintrc.json'),
    lint.replaceAll(/\{(ssvm,[^}]*)\}/g, (_, families) => `{${families},${name}}`),
  )
  const cli = await json('packages/cli/package.json')
  cli.dependencies = Object.fromEntries(
    Object.entries({ ...cli.dependencies, [`@deepstruct/${name}`]: 'workspace:^' }).toSorted(
      ([a], [b]) => (a < b ? -1 : 1),
    ),
  )
  await writeFile(join(root, 'packages/cli/package.json'), `${JSON.stringify(cli, undefined, 2)}\n`)
  await addLine(
    'packages/cli/tsconfig.build.json',
    /"path": "\.\.\/[a-z]+\/tsconfig\.build\.json"/,
    `    }, { "path": "../${name}/tsconfig.build.json"`,
  )
  await writeFile(
    join(root, `.changeset/first-${name}.md`),
    `---\n'@deepstruct/${name}': minor\n'@deepstruct/cli': minor\n---\n\nThe model family \`${name}\`.\n`,
  )
  process.stdout.write(`packages/${name} is made. Next:

  npx pnpm@12.21.0 install
  npx pnpm@12.21.0 format
  npx vitest run --project cli families -u   (puts it on the command line)
  npx vitest run --project ${name}           (its contract)

The energy is a function of its own in packages/${name}/src/${name}-family.ts.
`)
}

await run(...process.argv.slice(2))
