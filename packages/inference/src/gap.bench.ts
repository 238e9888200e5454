import { jit, mean, type NDArray, random, sub, type Tensor, unstack } from '@deepstruct/tensor'
import { pairwise, type SmallEnergy, type SmallParams, twoLayers } from '@deepstruct/testing'
import { bench, describe } from 'vitest'
import {
  bestSoFar,
  box,
  exhaustive,
  frankWolfe,
  logitGradient,
  type Minimizer,
  mirrorDescent,
  projectedGradient,
  severalStarts,
} from './index.ts'

// How far minimizers end above the best structure of energies that are not convex, once their points are rounded.
const rows = 200
const size = 10
const steps = 30
const noise = random(1).uniforms([8, rows, size])

const gradient = projectedGradient({ steps })
const monotone = projectedGradient({ steps, stepSize: 1, backtracking: {} })
const minimizers: Readonly<Record<string, (starts: readonly Tensor[]) => Minimizer>> = {
  projectedGradient: () => gradient,
  '… momentum 0.9': () => projectedGradient({ steps, momentum: 0.9 }),
  '… backtracking': () => monotone,
  '… backtracking, 9 starts': (starts) => severalStarts(monotone, { starts }),
  'bestSoFar, step 1': () => bestSoFar(projectedGradient({ steps, stepSize: 1 })),
  mirrorDescent: () => mirrorDescent({ steps }),
  logitGradient: () => logitGradient({ steps }),
  frankWolfe: () => frankWolfe({ steps }),
}

/** How far the rounded points lie above the best corner, `[rows]`. */
function gapOf(
  energy: SmallEnergy,
  make: (starts: readonly Tensor[]) => Minimizer,
): (params: SmallParams<NDArray>, noise: NDArray) => Promise<NDArray> {
  return jit((params: SmallParams<Tensor>, starts: Tensor) => {
    const domain = box([size])
    const energyAt = (y: Tensor): Tensor => energy.energy(params, y)
    const problem = { energy: energyAt, domain, start: domain.start(rows) }
    const { y } = make(unstack(starts))(problem)
    return sub(energyAt(domain.round(y)), exhaustive()(problem).energy)
  })
}

const energies = [pairwise, twoLayers]

for (const energy of energies) {
  const params = energy.draw(random(0), rows, size)
  const lines = [`${energy.name}: ${rows} energies of ${size} labels, ${steps} steps`]
  for (const [name, make] of Object.entries(minimizers)) {
    const gaps = Array.from((await gapOf(energy, make)(params, noise)).data)
    const average = gaps.reduce((total, gap) => total + gap, 0) / rows
    const exact = (100 * gaps.filter((gap) => gap < 1e-4).length) / rows
    lines.push(
      `  ${name.padEnd(26)} mean gap ${average.toFixed(3)}, exact in ${exact.toFixed(0).padStart(3)} %`,
    )
  }
  // Not by console, which the runner keeps quiet.
  process.stdout.write(`${lines.join('\n')}\n\n`)
}

describe.each(energies)('$name', (energy) => {
  const params = energy.draw(random(0), rows, size)
  for (const [name, make] of Object.entries(minimizers)) {
    const solve = jit((p: SmallParams<Tensor>, starts: Tensor) => {
      const domain = box([size])
      const start = domain.start(rows)
      return mean(
        make(unstack(starts))({ energy: (y) => energy.energy(p, y), domain, start }).energy,
      )
    })
    bench(name, async () => void (await solve(params, noise)), { iterations: 5, time: 100 })
  }
})
