import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

/** A program that ended with another status than 0, or said something on stderr where it must not. */
export class RunError extends Error {}

/**
 * Runs a program to its end and gives what it wrote to stdout.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv, silent?: boolean }} options `silent`: a word on stderr is a failure
 * @throws {RunError} with everything that it wrote
 */
export async function run(program, args, { cwd, env = process.env, silent = false }) {
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  if (status === 0 && !(silent && stderr)) return stdout
  throw new RunError(`${program} ${args.join(' ')}: status ${status}\n${stdout}${stderr}`)
}

/**
 * Calls `action` on every item, a few at a time.
 *
 * @template T, R
 * @param {readonly T[]} items
 * @param {number} atOnce
 * @param {(item: T) => Promise<R>} action
 * @returns {Promise<R[]>} in the order of the items
 */
export async function eachOf(items, atOnce, action) {
  const results = []
  let next = 0
  const work = async () => {
    while (next < items.length) {
      const index = next++
      results[index] = await action(items[index])
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return results
}
