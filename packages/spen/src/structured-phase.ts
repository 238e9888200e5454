import type { TracedSolution } from '@deepstruct/inference'
import type { NDArray, NoiseSpec, Tensor, Tree } from '@deepstruct/tensor'
import {
  evaluateMultilabel,
  type Labeled,
  type Optimizer,
  type Phase,
  type Player,
} from '@deepstruct/training'

/** What the phases that train an energy have in common. */
export interface StructuredPhaseOptions<S> {
  /** For progress and reports; default the name of the method. */
  readonly name?: string
  /** The parts of the parameters that move. */
  readonly moves: readonly (keyof S & string)[]
  /** How they move. */
  readonly optimizer: Optimizer
  /** The largest number of passes over the data. */
  readonly epochs: number
  /** Stop after so many epochs without a better score; default never. */
  readonly patience?: number
  /** Dropout masks of the encoder; default none, so that the features are those of test time. */
  readonly noise?: (x: NDArray) => Tree<NoiseSpec> | undefined
  /** A regularizer: a scalar of the parameters. */
  readonly penalty?: (params: S) => Tensor
}

/** A phase with one player, measured by the inference of test time. */
export function structuredPhase<S>(
  options: StructuredPhaseOptions<S>,
  name: string,
  play: Pick<Player<S, Labeled>, 'prepare' | 'loss' | 'clipNorm'>,
  solve: (params: S, x: Tensor) => TracedSolution,
): Phase<S, Labeled> {
  const { moves, optimizer, epochs, patience, noise, penalty } = options
  return {
    name: options.name ?? name,
    epochs,
    ...(patience === undefined ? {} : { patience }),
    turns: [
      {
        moves,
        optimizer,
        ...play,
        ...(noise === undefined ? {} : { noise: ({ x }) => noise(x) }),
        ...(penalty === undefined ? {} : { penalty }),
      },
    ],
    evaluate: evaluateMultilabel(solve),
  }
}
