import {
  type DType,
  flatten,
  type Mapped,
  ShapeError,
  type Tensor,
  type Tree,
} from '@deepstruct/tensor'
import type { ValueType } from '../graph/value.ts'

/** What an input is like; every plain array says it of itself. */
export interface InputDescription {
  /** The extents, the rows first; how many rows does not matter. An input without axes is the same for all rows. */
  readonly shape: readonly number[]
  /** The element type; default float32. */
  readonly dtype?: DType
}

/** The inputs `X` of tensors with a description in place of each. */
export type Described<X> = Mapped<X, Tensor, InputDescription>

/** Described inputs, taken apart. */
export interface DescribedInputs {
  /** Where each sits: `tokens.mask`; `x` for an input that is no tree. */
  readonly names: readonly string[]
  /** The types, with the extents that were described. */
  readonly types: readonly ValueType[]
  /** The inputs around tensors. */
  rebuild<Leaf>(leaves: readonly Leaf[]): Tree<Leaf>
}

/**
 * Takes a description of inputs apart.
 *
 * @throws {@link @deepstruct/tensor!ShapeError} when it is missing, is none, or nothing in it has rows
 */
export function describedInputs(caller: string, x: unknown): DescribedInputs {
  const { leaves, paths, rebuild } = flatten(x, isDescription, (path, value) => {
    throw new ShapeError({
      function: caller,
      argument: path === '' ? 'x' : `x.${path}`,
      got: value === undefined ? 'missing' : typeof value,
      expected: 'an example of the inputs, or { shape, dtype } for each',
      why: 'the graph is made for these extents',
    })
  })
  if (!leaves.some(({ shape }) => shape.length > 0))
    throw new ShapeError({
      function: caller,
      argument: 'x',
      got: 'without rows',
      expected: 'an input with the rows on its first axis',
    })
  return {
    names: paths.map((path) => (path === '' ? 'x' : path)),
    types: leaves.map(({ shape, dtype = 'float32' }) => ({ shape, dtype })),
    rebuild,
  }
}

function isDescription(value: unknown): value is InputDescription {
  if (typeof value !== 'object' || value === null || !('shape' in value)) return false
  const { shape } = value
  return Array.isArray(shape) && shape.every((extent) => Number.isInteger(extent) && extent >= 0)
}
