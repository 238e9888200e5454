// Several minimizers on one energy with many local minima, each compared with the best of all corners.
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
} from '@deepstruct/inference'
import { add, constant, dot, jit, matMul, random, type Tensor } from '@deepstruct/tensor'

const labels = 10
const problems = 64

const draw = random(1)
const further = Array.from({ length: 7 }, () => draw.uniforms([problems, labels]))
const pairs = draw.normals([labels, labels])
const costs = draw.normals([problems, labels])

const steps = 60
const minimizers: Readonly<Record<string, Minimizer>> = {
  exhaustive: exhaustive(),
  projectedGradient: projectedGradient({ steps, stepSize: 0.1 }),
  'with momentum': projectedGradient({ steps, stepSize: 0.1, momentum: 0.8 }),
  mirrorDescent: mirrorDescent({ steps, stepSize: 0.5 }),
  logitGradient: logitGradient({ steps, stepSize: 1 }),
  frankWolfe: frankWolfe({ steps }),
  'best so far': bestSoFar(projectedGradient({ steps, stepSize: 0.5 })),
  'eight starts': severalStarts(projectedGradient({ steps, stepSize: 0.1 }), {
    starts: () => further.map((start) => constant(start)),
  }),
}

/** $E(y) = y^\top S y + \langle c, y \rangle$ over the box: $c$ differs from row to row, $S$ has eigenvalues of both signs. */
const energy =
  (s: Tensor, c: Tensor) =>
  (y: Tensor): Tensor =>
    add(dot(matMul(y, s), y), dot(c, y))

/** One row a minimizer. */
export interface Row {
  /** Its name. */
  readonly minimizer: string
  /** How far above the best corner it ends, on average. */
  readonly gap: number
  /** In how many of the problems it ends there. */
  readonly optimal: string
}

/** Minimizes 64 energies with each of them and prints a table. */
export async function main(): Promise<readonly Row[]> {
  const lowest = async (minimize: Minimizer): Promise<Float32Array> => {
    const run = jit((s: Tensor, c: Tensor) => {
      const domain = box([labels])
      const { y } = minimize({ energy: energy(s, c), domain, start: domain.start(problems) })
      return energy(s, c)(domain.round(y)) // what counts is the structure that comes out
    })
    return Float32Array.from((await run(pairs, costs)).data)
  }

  const best = await lowest(exhaustive())
  const rows: Row[] = []
  for (const [minimizer, minimize] of Object.entries(minimizers)) {
    const gaps = (await lowest(minimize)).map((found, row) => found - (best[row] ?? NaN))
    rows.push({
      minimizer,
      gap: Number((gaps.reduce((total, gap) => total + gap) / problems).toFixed(3)),
      optimal: `${gaps.filter((gap) => gap < 1e-3).length} of ${problems}`,
    })
  }
  console.table(rows)
  return rows
}

if (process.argv[1] === import.meta.filename) await main()
