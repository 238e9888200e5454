import type { Io } from './io.ts'

// Under `npm run` the terminal signals the whole process group and npm passes the signal on once more.
const SAME_KEY_PRESS = 400

/** The streams, environment and signals of this process. */
export function processIo(): Io {
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    onInterrupt(handler) {
      let first: number | undefined
      const listener = (): void => {
        if (first === undefined) {
          first = performance.now()
          handler()
        } else if (performance.now() - first > SAME_KEY_PRESS) {
          process.off('SIGINT', listener)
          process.kill(process.pid, 'SIGINT')
        }
      }
      process.on('SIGINT', listener)
      return () => void process.off('SIGINT', listener)
    },
  }
}
