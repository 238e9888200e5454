import { DomainError, type NDArray } from '@deepstruct/tensor'

/** A product of choices: `positions` of them, each among `choices`, spread over `width` numbers a position. */
interface Choices {
  /** The public function, for messages. */
  readonly name: string
  readonly positions: number
  readonly choices: number
  readonly shape: readonly number[]
  /** The numbers that stand for a choice. */
  readonly code: (choice: number) => readonly number[]
  readonly limit: number
}

/** Every combination of choices, the last position running fastest. */
export function combinations(of: Choices): NDArray {
  const { name, positions, choices, shape, code, limit } = of
  const count = choices ** positions
  if (count > limit)
    throw new DomainError({
      function: `${name}.corners`,
      argument: 'limit',
      got: String(limit),
      expected: `at least ${count}, the number of corners`,
      why: `there are ${choices}^${positions}; a gradient-based minimizer needs no list of them`,
    })
  const codes = Array.from({ length: choices }, (_, choice) => code(choice))
  const data: number[] = []
  for (let corner = 0; corner < count; corner++)
    for (let position = positions - 1; position >= 0; position--)
      data.push(...(codes[Math.floor(corner / choices ** position) % choices] ?? []))
  return { shape: [count, ...shape], dtype: 'float32', data: Float32Array.from(data) }
}
