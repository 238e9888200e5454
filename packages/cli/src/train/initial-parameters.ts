import { DomainError, flatten, isNDArray } from '@deepstruct/tensor'
import type { Labeled, Learner, Parameters } from '@deepstruct/training'
import type { UsableModel } from '../tasks/task.ts'

/**
 * Lets a learner start from a model: parts of equal name and equal shapes are taken, the others start afresh.
 *
 * @param tell - called with the parts that were taken
 * @throws {@link @deepstruct/tensor!DomainError} at initialization, when no part fits
 */
export function initializedFrom(
  learner: Learner<Parameters, Labeled>,
  model: Pick<UsableModel, 'parameters'>,
  tell: (taken: readonly string[]) => void,
): Learner<Parameters, Labeled> {
  const given = model.parameters as Readonly<Record<string, unknown>>
  return {
    ...learner,
    init(data, random) {
      const fresh = learner.init(data, random)
      const taken = Object.entries(fresh).filter(
        ([name, part]) => given[name] !== undefined && shapesOf(given[name]) === shapesOf(part),
      )
      if (taken.length === 0)
        throw new DomainError({
          function: 'train',
          argument: '--init-from',
          got: `a model of the parts ${Object.keys(given).join(', ')}`,
          expected: `a part of ${Object.keys(fresh).join(', ')} with the same shapes`,
        })
      tell(taken.map(([name]) => name))
      return {
        ...fresh,
        ...Object.fromEntries(taken.map(([name]) => [name, given[name]])),
      }
    },
  }
}

/** Structure and shapes of a tree of arrays as a text. */
function shapesOf(tree: unknown): string {
  const { leaves, paths } = flatten(tree, isNDArray, (path) => {
    throw new DomainError({
      function: 'train',
      argument: '--init-from',
      got: `a model without an array at ${path}`,
      expected: 'a tree of arrays',
    })
  })
  return leaves.map(({ shape }, i) => `${paths[i]}[${shape.join(',')}]`).join(' ')
}
