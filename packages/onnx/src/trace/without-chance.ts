import { EngineError } from '@deepstruct/tensor'

/** Runs a function in which `Math.random` throws: what it draws would be the same number at each run of the compiled function. */
export function withoutChance<R>(caller: string, fn: () => R): R {
  const { random } = Math
  Math.random = () => {
    throw new EngineError({
      function: caller,
      argument: 'a random number',
      got: 'drawn inside of a jitted function',
      expected: 'an argument',
      why: 'a compiled function would repeat it: draw with random(seed) outside and pass it in',
    })
  }
  try {
    return fn()
  } finally {
    Math.random = random
  }
}
