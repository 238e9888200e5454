import { DeepstructError } from '@deepstruct/tensor'

/** The command line asks for something that makes no sense; exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/**
 * An error in one line, for people. Errors that nobody foresaw say how to see more; with `DEEPSTRUCT_DEBUG=1` every error comes with
 * its stack.
 */
export function errorLine(
  error: unknown,
  env: Readonly<Record<string, string | undefined>> = {},
): string {
  const known = error instanceof DeepstructError || error instanceof UsageError || isRefused(error)
  const message = (error instanceof Error ? error.message : String(error)).replaceAll(
    /\s*\n\s*/g,
    ' ',
  )
  if (env['DEEPSTRUCT_DEBUG'] === '1' && error instanceof Error)
    return `${message}\n${error.stack ?? ''}`
  return known ? message : `${message} (unexpected; DEEPSTRUCT_DEBUG=1 shows where)`
}

/** Whether the operating system refused, which its own message explains. */
function isRefused(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}

/** Whether the reader of a pipe has gone away, as `head` does. */
export function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE'
}
