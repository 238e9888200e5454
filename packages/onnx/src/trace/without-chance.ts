import * as tf from '@tensorflow/tfjs-core'
import { EngineError } from '@deepstruct/tensor'

/** Runs a function in which `Math.random` throws: what it draws would be the same number at each run of the compiled function. */
export function withoutChance<R>(caller: string, fn: () => R): R {
  const { random } = Math
  Math.random = () => {
    throw drawn(caller, 'a random number')
  }
  try {
    return fn()
  } finally {
    Math.random = random
  }
}

/** The ops of tfjs that draw numbers, from `Math.random` or, where they are given a seed, from a generator of their own. */
const drawingOps = new Set([
  'multinomial',
  'rand',
  'randomGamma',
  'randomNormal',
  'randomUniform',
  'truncatedNormal',
])

/**
 * Refuses what the op that runs right now makes, if it draws at random: with a seed, it would become a constant.
 *
 * @throws {@link @deepstruct/tensor!EngineError} when it does
 */
export function refuseDraws(caller: string): void {
  const scopes = tf.engine().state.scopeStack.map(({ name }) => name)
  const [drawing, ...around] = scopes.toReversed().map(opOf)
  if (drawing === undefined || !drawingOps.has(drawing)) return
  // The op that was called may be one that calls it.
  const end = around.indexOf(undefined)
  const called = around.slice(0, end < 0 ? around.length : end).at(-1) ?? drawing
  throw drawn(caller, `a result of tf.${called}`)
}

function opOf(scope: string): string | undefined {
  return /^(.*)__op$/.exec(scope)?.[1]
}

function drawn(caller: string, what: string): EngineError {
  return new EngineError({
    function: caller,
    argument: what,
    got: 'drawn inside of a jitted function',
    expected: 'an argument',
    why: 'a compiled function would repeat it: draw with random(seed) outside and pass it in',
  })
}
