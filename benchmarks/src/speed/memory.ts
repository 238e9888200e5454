import { loadBibtex } from '@deepstruct/datasets/node'
import { projectedGradient } from '@deepstruct/inference'
import { onnxEngine } from '@deepstruct/onnx'
import { spenFamily, spenSettings, ssvmPhase } from '@deepstruct/spen'
import { useEngine } from '@deepstruct/tensor'
import { adam, fit } from '@deepstruct/training'
import { spenProblem } from './cases/spen-problem.ts'
import { environmentOf } from './environment.ts'
import { writeResults } from './results.ts'
import { rounded, slope } from './rows.ts'

const batch = 64
const mebibyte = 2 ** 20

/**
 * Measures the resident memory over a long training on the compiled engine: its slope after a warm-up of a tenth, and before that the peak of
 * training on Bibtex, one epoch of each phase. Wants `node --expose-gc`, so that garbage does not count.
 */
export async function measureMemory(
  threads: number,
  dataDir: string | undefined,
  steps: number,
): Promise<void> {
  useEngine(await onnxEngine({ threads }))
  const bibtexPeakMB = await bibtexPeak(dataDir)
  const samples = await residentSamples(steps)
  const result = {
    environment: environmentOf(threads),
    steps,
    slopeMBPer1000Steps: rounded(slope(samples.map(([step, mb]) => [step / 1000, mb]))),
    firstMB: samples[0]?.[1],
    lastMB: samples.at(-1)?.[1],
    bibtexPeakMB,
  }
  console.log(JSON.stringify(result, undefined, 2))
  writeResults('memory.json', { ...result, samples })
}

/** The resident memory in MiB at steps of a training on one batch, from a tenth on. */
async function residentSamples(steps: number): Promise<[step: number, megabytes: number][]> {
  const { model, parameters, x, y } = spenProblem()
  const phase = ssvmPhase(model, {
    moves: ['features', 'output', 'label'],
    inference: projectedGradient({ steps: 10, stepSize: 0.1 }),
    optimizer: adam({ rate: 1e-3 }),
    epochs: 1,
  })
  const collect = (globalThis as { readonly gc?: () => void }).gc
  const examples = { x: x(batch), y: y(batch) }
  const samples: [number, number][] = []
  await fit(
    { family: 'benchmark', init: () => parameters, phases: [phase] },
    { size: steps * batch, batch: () => examples },
    {
      batchSize: batch,
      onProgress(progress) {
        if (progress.kind !== 'step' || progress.step % (steps / 100) !== 0) return
        if (progress.step <= steps / 10) return
        collect?.()
        samples.push([progress.step, rounded(process.memoryUsage().rss / mebibyte)])
      },
    },
  )
  return samples
}

/** The peak of resident memory in MiB up to the end of a training on Bibtex; nothing where the data are out of reach. */
async function bibtexPeak(dataDir: string | undefined): Promise<number | undefined> {
  try {
    const { train } = await loadBibtex(dataDir === undefined ? {} : { dataDir })
    const settings = spenSettings({ classifierEpochs: 1, energyEpochs: 1, jointEpochs: 1 })
    const sizes = { inputs: train.featureNames.length, labels: train.labelNames.length }
    await fit(spenFamily.learner(settings as never, sizes), train)
    return rounded(process.resourceUsage().maxRSS / 1024)
  } catch (error) {
    console.log(`Bibtex is left out: ${String(error).split('\n')[0]}`)
    return undefined
  }
}
