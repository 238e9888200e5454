import { type ContractOptions, minimizerContract } from '@deepstruct/testing'
import {
  bestSoFar,
  box,
  exhaustive,
  frankWolfe,
  type IterativeMinimizer,
  logitGradient,
  mirrorDescent,
  projectedGradient,
  severalStarts,
  simplex,
  unrolled,
} from './index.ts'

const domains = { box, simplex }

/** A step-by-step minimizer keeps the contract plain, and unrolled where its steps depend smoothly on the energy. */
function iterativeContract(
  name: string,
  make: (options: ContractOptions) => IterativeMinimizer,
  promises: { readonly convexSteps: number; readonly monotone?: boolean },
  smooth: ((options: ContractOptions) => IterativeMinimizer) | false = make,
): void {
  minimizerContract(name, {
    domains,
    make,
    ...(smooth && { unrolled: (options: ContractOptions) => unrolled(smooth(options)) }),
    promises: { iterative: true, neverWorse: promises.monotone ?? false, ...promises },
  })
}

iterativeContract(
  'projectedGradient',
  (options) => projectedGradient({ stepSize: 0.1, ...options }),
  { convexSteps: 300 },
)
iterativeContract(
  'projectedGradient with momentum',
  (options) => projectedGradient({ stepSize: 0.05, momentum: 0.8, ...options }),
  { convexSteps: 200 },
)
iterativeContract(
  'projectedGradient with decay',
  (options) => projectedGradient({ stepSize: 0.2, decay: 0.01, ...options }),
  { convexSteps: 300 },
)
iterativeContract(
  'projectedGradient with backtracking',
  (options) => projectedGradient({ stepSize: 1, backtracking: {}, ...options }),
  { convexSteps: 100, monotone: true },
  // Steps so short that none is refused: the outcome jumps where one begins to be.
  (options) => projectedGradient({ stepSize: 0.1, backtracking: {}, ...options }),
)
iterativeContract(
  'projectedGradient with momentum and backtracking',
  (options) => projectedGradient({ stepSize: 0.5, momentum: 0.8, backtracking: {}, ...options }),
  { convexSteps: 150, monotone: true },
  (options) => projectedGradient({ stepSize: 0.02, momentum: 0.8, backtracking: {}, ...options }),
)
iterativeContract('mirrorDescent', (options) => mirrorDescent({ stepSize: 0.5, ...options }), {
  convexSteps: 500,
})
iterativeContract('logitGradient', (options) => logitGradient({ stepSize: 2, ...options }), {
  convexSteps: 3000,
})
iterativeContract(
  'logitGradient with momentum',
  (options) => logitGradient({ stepSize: 1, momentum: 0.8, ...options }),
  { convexSteps: 1000 },
)
iterativeContract(
  'frankWolfe',
  (options) => frankWolfe(options),
  { convexSteps: 800 },
  // Its corners are constants of the derivative.
  false,
)
iterativeContract(
  'frankWolfe with line search',
  (options) => frankWolfe({ lineSearch: { attempts: 3 }, ...options }),
  { convexSteps: 800, monotone: true },
  false,
)

minimizerContract('exhaustive', {
  domains,
  make: () => exhaustive(),
  promises: { exactCorner: true },
})
minimizerContract('bestSoFar', {
  domains,
  // Steps far too long: only the wrapper keeps it from ending above its start.
  make: (options) => bestSoFar(projectedGradient({ stepSize: 2, momentum: 0.5, ...options })),
  promises: { neverWorse: true },
})
minimizerContract('severalStarts', {
  domains,
  make: (options) =>
    severalStarts(projectedGradient({ stepSize: 1, backtracking: {}, ...options }), {
      starts: ({ domain, start }) => [domain.round(start)],
    }),
  promises: { convexSteps: 100, neverWorse: true },
})
