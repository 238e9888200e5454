import { existsSync, readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { main as layersModel } from './layers-model.ts'
import { main as lossesOnTfjs } from './losses-on-tfjs.ts'
import { main as minimize } from './minimize.ts'
import { main as ownEnergy } from './own-energy.ts'
import { main as trainAndSave } from './train-and-save.ts'

// What each example claims to show.
const examples: Readonly<Record<string, () => Promise<void>>> = {
  'layers-model': async () => {
    const { classifier, spen } = await layersModel()
    expect(spen).toBeGreaterThan(classifier)
  },
  'losses-on-tfjs': async () => {
    const { first, last } = await lossesOnTfjs()
    expect(last).toBeLessThan(first / 4)
  },
  minimize: async () => {
    const rows = await minimize()
    expect(rows.find(({ minimizer }) => minimizer === 'exhaustive')?.gap).toBe(0)
    for (const { gap } of rows) expect(gap).toBeGreaterThanOrEqual(0)
  },
  'own-energy': async () => {
    const { withPairs, without } = await ownEnergy()
    expect(withPairs).toBeGreaterThan(without + 0.05)
  },
  'train-and-save': async () => {
    const { f1, file } = await trainAndSave()
    expect(f1).toBeGreaterThan(0.4)
    expect(existsSync(file)).toBe(false)
  },
}

it.each(Object.entries(examples))('%s', (_, example) => example(), 120_000)

it('has a test for each example', () => {
  const files = readdirSync(import.meta.dirname).filter((file) => !file.endsWith('.test.ts'))
  expect(files.toSorted()).toEqual(
    [...Object.keys(examples).map((name) => `${name}.ts`), 'run.ts'].toSorted(),
  )
})
