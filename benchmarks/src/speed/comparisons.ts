import type { Row } from './rows.ts'

/** A figure to reach: the ratio of our median to the best median among some engines. */
interface Goal {
  /** What it is compared with, in words. */
  readonly against: string
  /** The engines among which the best counts. */
  readonly engines: readonly string[]
  /** Which of ours. */
  readonly ours: string
  /** The cells, each with the ratio to reach; none where it is only reported. */
  readonly cells: readonly (readonly [name: string, batch: number, goal?: number])[]
}

/** What a goal came to in one cell. */
export interface Comparison {
  readonly case: string
  readonly batch: number
  readonly against: string
  /** The engine that was best. */
  readonly best: string
  readonly oursMs: number
  readonly bestMs: number
  /** Ours to the best; below 1 we are faster. */
  readonly ratio: number
  /** The ratio to reach. */
  readonly goal?: number
  /** How it stands; a tie is at most a tenth above a goal of 1. */
  readonly verdict: 'reached' | 'tie' | 'missed' | ''
}

/** The configuration of ours that is compared with peers: the same for every case. */
export const declared = 'onnx-node'

const autograd = ['torch-compile-autograd', 'jax-jit-autograd']
const byHand = ['torch-eager-handwritten', 'torch-compile-handwritten', 'jax-jit-handwritten']

/** The figures to reach. */
const goals: readonly Goal[] = [
  {
    against: 'the best of torch.compile and JAX jit, same function',
    engines: autograd,
    ours: declared,
    cells: [
      ['spen-inference', 1, 1],
      ['spen-inference', 32, 1],
      ['spen-inference', 512, 1],
      ['ssvm-step', 64, 1],
      ['bibtex-epoch', 64, 1],
      ['ssvm-step-dropout', 64],
      ['end-to-end-step', 64],
      ['dvn-inference', 1],
      ['dvn-inference', 32],
      ['dvn-inference', 512],
    ],
  },
  {
    against: 'eager PyTorch, its autograd',
    engines: ['torch-eager-autograd'],
    ours: declared,
    cells: [
      ['spen-inference', 1, 0.15],
      ['spen-inference', 32, 0.2],
      ['spen-inference', 512, 0.4],
      ['ssvm-step', 64, 0.5],
      ['convolution-inference', 32, 1],
      ['convolution-step', 32, 1.2],
      ['adversarial-step', 16],
    ],
  },
  {
    against: 'the best gradient written by hand',
    engines: byHand,
    ours: declared,
    cells: [
      ['spen-inference', 1],
      ['spen-inference', 32, 1],
      ['spen-inference', 512, 1],
      ['ssvm-step', 64],
    ],
  },
  {
    against: 'a graph derived by hand, same runtime, one thread each',
    engines: ['graph-by-hand'],
    ours: 'onnx-node-1-thread',
    cells: [
      ['spen-inference', 1, 1.15],
      ['spen-inference', 32, 1.15],
      ['spen-inference', 512, 1.15],
    ],
  },
]

/** The comparisons that the rows allow; those without both sides are left out. */
export function comparisons(rows: readonly Row[]): Comparison[] {
  const at = (engine: string, name: string, batch: number): Row | undefined =>
    rows.find((row) => row.engine === engine && row.case === name && row.batch === batch)
  return goals.flatMap(({ against, engines, ours: own, cells }) =>
    cells.flatMap(([name, batch, goal]): Comparison[] => {
      const mine = at(own, name, batch)
      const [best] = engines
        .flatMap((engine) => at(engine, name, batch) ?? [])
        .toSorted((a, b) => a.medianMs - b.medianMs)
      if (mine === undefined || best === undefined) return []
      const ratio = mine.medianMs / best.medianMs
      return [
        {
          case: name,
          batch,
          against,
          best: best.engine,
          oursMs: mine.medianMs,
          bestMs: best.medianMs,
          ratio,
          ...(goal !== undefined && { goal }),
          verdict: verdictOf(ratio, goal),
        },
      ]
    }),
  )
}

function verdictOf(ratio: number, goal: number | undefined): Comparison['verdict'] {
  if (goal === undefined) return ''
  if (ratio <= goal) return 'reached'
  return goal === 1 && ratio <= 1.1 ? 'tie' : 'missed'
}
