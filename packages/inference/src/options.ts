import { DomainError } from '@deepstruct/tensor'

/** @throws {@link @deepstruct/tensor!DomainError} unless the option is a positive whole number */
export function wholeNumber(name: string, argument: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1)
    refuse(name, argument, value, 'a positive whole number')
}

/** @throws {@link @deepstruct/tensor!DomainError} unless the option is a positive finite number */
export function positive(name: string, argument: string, value: number): void {
  if (!(value > 0 && value < Number.POSITIVE_INFINITY))
    refuse(name, argument, value, 'a positive number')
}

/** @throws {@link @deepstruct/tensor!DomainError} unless the option is a finite number and not negative */
export function nonNegative(name: string, argument: string, value: number): void {
  if (!(value >= 0 && value < Number.POSITIVE_INFINITY))
    refuse(name, argument, value, 'a number of at least 0')
}

/** @throws {@link @deepstruct/tensor!DomainError} unless the option lies in $[\text{low}, 1)$ */
export function fraction(name: string, argument: string, value: number, low = 0): void {
  if (!(value >= low && value < 1)) refuse(name, argument, value, `a number in [${low}, 1)`)
}

function refuse(name: string, argument: string, value: number, expected: string): never {
  throw new DomainError({ function: name, argument, got: String(value), expected })
}
