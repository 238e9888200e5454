import { currentEngine, useEngine } from '@deepstruct/tensor'
import { afterAll, describe, expect, it } from 'vitest'
import { runCli } from '../test/run-cli.ts'
import { smallData } from '../test/small-data.ts'
import { engineNames, engines, startEngine } from './engines.ts'

const { path } = smallData()

const before = await currentEngine()
afterAll(() => useEngine(before))

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

  it.skipIf(here.get('onnx') !== true)('the compiled one is the usual one', async () => {
    const usual = await startEngine({})
    expect(usual.engine).toBe('onnx')
    expect((await currentEngine()).name).toMatch(/^onnx:node/)
    expect(await startEngine(usual)).toEqual(usual)
    expect(await startEngine({ threads: 1 })).toEqual({ engine: 'onnx', threads: 1 })
  })

  it('eager ones have no number of threads', async () => {
    expect(await startEngine({ engine: 'cpu' })).toEqual({ engine: 'cpu' })
    await expect(startEngine({ engine: 'cpu', threads: 2 })).rejects.toThrow(
      'the option --threads is 2: expected with --engine onnx only, not with cpu',
    )
  })

  it.each(['0', '1.5', 'many'])('%s is no number of threads', async (threads) => {
    const { code, stderr } = await runCli(['demo', '--engine', 'onnx', '--threads', threads])
    expect(stderr).toContain('error: the option --threads is ')
    expect(code).toBe(2)
  })
})
