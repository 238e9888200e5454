// Runs an example by name.
import { readdirSync } from 'node:fs'

const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.js') && file !== 'run.js')
  .map((file) => file.slice(0, -'.js'.length))
const [name = ''] = process.argv.slice(2)

if (names.includes(name)) {
  const { main } = (await import(`./${name}.js`)) as { main(): Promise<unknown> }
  await main()
} else {
  console.error(`npm run -s example -- NAME, with one of\n  ${names.join('\n  ')}`)
  process.exitCode = 1
}
