import {
  all,
  check,
  DomainError,
  greaterEqual,
  lessEqual,
  logicalAnd,
  type Tensor,
} from '@deepstruct/tensor'

/** Demands a property of every element; an engine looks after the run. */
export function requireValues(
  name: string,
  argument: string,
  flag: Tensor,
  got: string,
  expected: string,
  why?: string,
): void {
  check(
    all(flag),
    () =>
      new DomainError({
        function: name,
        argument,
        got,
        expected,
        ...(why === undefined ? {} : { why }),
      }),
  )
}

/** Demands values in $[0, 1]$. */
export function requireUnitInterval(name: string, argument: string, x: Tensor): void {
  const inside = logicalAnd(greaterEqual(x, 0), lessEqual(x, 1))
  requireValues(name, argument, inside, 'outside [0, 1] somewhere', 'values in [0, 1]')
}
