import { Readable, Writable } from 'node:stream'
import type { AnyFamily } from '@deepstruct/training'
import { run } from '../src/run.ts'
import type { Io } from '../src/io.ts'
import { linearFamily } from './linear-family.ts'

/** What a run of the command came to. */
export interface CliRun {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the command in this process, with the linear family. */
export async function runCli(
  args: readonly string[],
  world: {
    readonly stdin?: Iterable<string | Uint8Array>
    readonly env?: Io['env']
    /** Called with each text on stderr; may call `interrupt`. */
    readonly onStderr?: (text: string, interrupt: () => void) => void
    /** Interrupts as soon as the command listens. */
    readonly interruptAtOnce?: boolean
    readonly stdout?: Writable
    /** Default the linear family. */
    readonly families?: readonly AnyFamily[]
    readonly isTTY?: boolean
  } = {},
): Promise<CliRun> {
  let interrupt = (): void => undefined
  const stdout = collector()
  const stderr = collector((text) => world.onStderr?.(text, () => interrupt()))
  const code = await run(
    args,
    {
      stdin: Readable.from(world.stdin ?? []),
      stdout: world.stdout ?? stdout.stream,
      stderr: Object.assign(stderr.stream, { isTTY: world.isTTY ?? false, columns: 80 }),
      env: world.env ?? {},
      onInterrupt(handler) {
        interrupt = handler
        if (world.interruptAtOnce === true) handler()
        return () => {
          interrupt = () => undefined
        }
      },
    },
    world.families ?? [linearFamily],
  )
  return { code, stdout: stdout.text(), stderr: stderr.text() }
}

function collector(listen: (text: string) => void = () => undefined): {
  stream: Writable
  text(): string
} {
  const parts: string[] = []
  return {
    text: () => parts.join(''),
    stream: new Writable({
      decodeStrings: false,
      write(chunk: string, _encoding, done) {
        parts.push(chunk)
        listen(chunk)
        done()
      },
    }),
  }
}
