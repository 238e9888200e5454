import { DomainError, type NDArray } from '@deepstruct/tensor'
import { cornerLimit } from '../domain.ts'
import { checkPotentials, type Potentials, tableOffsets } from './potentials.ts'

/**
 * Visits every assignment of states for each example, with its energy. Each costs a small constant: fields of the variables that are
 * not chosen yet are kept on the way.
 *
 * @param visit - the example, the state of each variable (−1 where masked; the array is reused) and the energy
 * @param limit - the most assignments of an example
 * @throws {@link @deepstruct/tensor!DomainError} when there are more; it says how many
 */
export function visitAssignments(
  name: string,
  potentials: Potentials<NDArray>,
  visit: (example: number, chosen: Int32Array, energy: number) => void,
  limit: number = cornerLimit,
): void {
  const { unary, edges, pairwise, mask } = potentials
  const { batch, variables, states, edges: count } = checkPotentials(name, potentials)
  const assignments = states ** variables
  if (assignments > limit)
    throw new DomainError({
      function: name,
      argument: 'potentials',
      got: `of ${variables} variables with ${states} states, ${assignments} assignments`,
      expected: `at most ${limit}`,
      why: 'trees have max-product, larger graphs an integer program or a gradient-based minimizer',
    })
  const offset = tableOffsets(potentials)
  // The edges from each variable to those after it.
  const later: (readonly [other: number, edge: number, first: boolean])[][] = Array.from(
    { length: variables },
    () => [],
  )
  for (let edge = 0; edge < count; edge++) {
    const [i, j] = [edges.data[2 * edge]!, edges.data[2 * edge + 1]!]
    if (i < j) later[i]!.push([j, edge, true])
    else later[j]!.push([i, edge, false])
  }
  const width = variables * states
  // Row d holds the fields once the first d variables are chosen.
  const fields = new Float64Array((variables + 1) * width)
  const chosen = new Int32Array(variables)
  for (let example = 0; example < batch; example++) {
    const counts = (variable: number): boolean =>
      mask === undefined || mask.data[example * variables + variable] !== 0
    for (let i = 0; i < width; i++) fields[i] = unary.data[example * width + i]!
    const choose = (variable: number, energy: number): void => {
      if (variable === variables) {
        visit(example, chosen, energy)
        return
      }
      const [here, next] = [variable * width, (variable + 1) * width]
      if (!counts(variable)) {
        chosen[variable] = -1
        fields.copyWithin(next, here, here + width)
        choose(variable + 1, energy)
        return
      }
      for (let state = 0; state < states; state++) {
        chosen[variable] = state
        for (let i = (variable + 1) * states; i < width; i++) fields[next + i] = fields[here + i]!
        for (const [other, edge, first] of later[variable]!) {
          const table = offset(example, edge)
          for (let k = 0; k < states; k++) {
            const entry = first ? state * states + k : k * states + state
            fields[next + other * states + k]! += pairwise.data[table + entry]!
          }
        }
        choose(variable + 1, energy + fields[here + variable * states + state]!)
      }
    }
    choose(0, 0)
  }
}
