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

/** The energy of a model that was trained and evaluated on an engine. */
async function energyOn(engine: string): Promise<number> {
  const file = path(`${engine}.safetensors`)
  const shared = ['--labels', path('labels.xml'), '--engine', engine, '--quiet']
  const training = ['train', '--model', 'linear', '--train', path('train.arff'), '--out', file]
  expect((await runCli([...training, ...shared])).stderr).toBe('')
  const evaluating = ['evaluate', '--model-file', file, '--data', path('test.arff'), '--json']
  const { stdout } = await runCli([...evaluating, ...shared])
  return (JSON.parse(stdout) as { meanEnergy: number }).meanEnergy
}

describe('engines', () => {
  for (const name of engineNames)
    it.skipIf(here.get(name) !== true)(`${name} trains the same model as cpu`, async () => {
      expect(await energyOn(name)).toBeCloseTo(await energyOn('cpu'), 4)
    })
})
