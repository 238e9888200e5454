import type { Host, Random, Tensor } from '@deepstruct/tensor'
import type { Domain } from './domain.ts'
import type { Potentials } from './exact/potentials.ts'

/**
 * An energy of relaxed outputs, one row an example: `[batch, ...structure] → [batch]`, lower is better.
 */
export type Energy = (y: Tensor) => Tensor

/**
 * A network that scores outputs: every family's model. It is a set of pure functions; its parameters `P` are a tree of tensors that
 * the caller holds.
 *
 * `X` is the tree of inputs (a feature matrix, an image, tokens with a mask), `F` the tree of what
 * {@link EnergyNetwork.encode} computes from it.
 */
export interface EnergyNetwork<P, X, F> {
  /** Fresh parameters. */
  init(random: Random): Host<P>
  /**
   * All that does not depend on $y$, computed once per example.
   *
   * @param noise - dropout masks while training, nothing otherwise
   */
  encode(params: P, x: X, noise?: unknown): F
  /** $E(x, y)$ of each row, `[batch]`; lower is better. */
  energy(params: P, features: F, y: Tensor): Tensor
  /** The outputs that are allowed for these inputs. */
  domain(features: F): Domain
  /** Where inference starts, `[batch, ...shape]` inside the domain; default its center. */
  start?(params: P, features: F): Tensor
  /** The energy of structures as a sum over single variables and pairs of them, if it is one: what exact inferencers need. */
  potentials?(params: P, features: F): Potentials
}
