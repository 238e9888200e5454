import { type NDArray, ShapeError } from '@deepstruct/tensor'

/** @throws {@link ShapeError} when there is a cost of another shape than the unary energies */
export function checkCost(name: string, unary: NDArray, cost: NDArray | undefined): void {
  if (cost !== undefined && cost.shape.join() !== unary.shape.join())
    throw new ShapeError({
      function: name,
      argument: 'cost',
      got: `of shape [${cost.shape.join(', ')}]`,
      expected: `[${unary.shape.join(', ')}], as potentials.unary`,
    })
}
