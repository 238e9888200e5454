import { describe, expect, it } from 'vitest'
import { runCli } from '../test/run-cli.ts'
import { smallData } from '../test/small-data.ts'
import { engineNames, engines } from './engines.ts'

const { path } = smallData()

// An engine that this machine has not is skipped, with its name.
const here = new Map(
  await Promise.all(
    engineNames.map(
      async (name) =>
        [
          name,
          await engines[name]().then(
            () => true,
            () => false,
          ),
        ] as const,
    ),
  ),
)

/** What a model scores that was trained and evaluated on an engine. */
async function energyOn(engine: string): Promise<number> {
  const file = path(`${engine}.safetensors`)
  const shared = ['--labels', path('labels.xml'), '--engine', engine, '--quiet']
  const trained = await runCli([
    ...['train', '--model', 'linear', '--train', path('train.arff'), '--out', file],
    ...shared,
  ])
  expect(trained.stderr).toBe('')
  const { stdout } = await runCli([
    ...['evaluate', '--model-file', file, '--data', path('test.arff'), '--json'],
    ...shared,
  ])
  return (JSON.parse(stdout) as { meanEnergy: number }).meanEnergy
}

describe('engines', () => {
  it.each(engineNames)('%s trains the same model as cpu', async (name) => {
    if (here.get(name) === true) expect(await energyOn(name)).toBeCloseTo(await energyOn('cpu'), 4)
    else expect((await runCli(['info'])).stdout).toMatch(new RegExp(`${name}\\s+not here: `))
  })
})
