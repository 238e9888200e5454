import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Case } from './case.ts'
import type { Contender } from './contender.ts'
import type { InputFiles } from './input-files.ts'
import type { Limits } from './timing.ts'

/** A library of others, in a Python process of its own that lives as long as this one. */
export interface Peer {
  /** Its ways to compute. */
  readonly contenders: readonly Contender[]
  /** Versions by name. */
  readonly versions: Readonly<Record<string, string>>
  /** Ends the process. */
  end(): void
}

/** Where the programs of the peers lie. */
const folder = new URL('../../peers/', import.meta.url)

type Answer = Readonly<Record<string, unknown>> & { readonly error?: string }

/**
 * Starts a peer.
 *
 * @param name - its program is `peers/<name>_peer.py`
 * @returns nothing where Python lacks it, which it says in one line
 */
export async function startPeer(
  name: string,
  threads: number,
  files: InputFiles,
  wanted: (engine: string) => boolean,
): Promise<Peer | undefined> {
  const python = process.env['PYTHON'] ?? 'python3'
  const program = fileURLToPath(new URL(`${name}_peer.py`, folder))
  const child = spawn(python, ['-u', program, String(threads)], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  let failure = 'its process ended'
  child.on('error', (error) => (failure = error.message))
  child.stdin.on('error', () => undefined)
  const next = async (): Promise<Answer> => {
    const { value, done } = await lines.next()
    return done === true ? { error: failure } : (JSON.parse(value) as Answer)
  }
  const ask = (question: object): Promise<Answer> => {
    child.stdin.write(`${JSON.stringify(question)}\n`)
    return next()
  }
  const hello = await next()
  if (hello.error !== undefined) {
    console.log(`${name} is not there (${python}: ${hello.error}): its rows are missing`)
    child.kill()
    return undefined
  }
  const ways = hello['ways'] as Readonly<Record<string, readonly string[]>>
  const engines = [...new Set(Object.values(ways).flat())].filter(wanted)
  const contender = (engine: string): Contender => ({
    name: engine,
    async prepare(problem: Case, batch: number) {
      if (ways[problem.name]?.includes(engine) !== true) return undefined
      const cell = { case: problem.name, batch, engine }
      const ready = await ask({ do: 'prepare', ...cell, folder: files.folderOf(problem) })
      if (ready.error !== undefined) {
        console.log(`${engine} cannot do ${problem.name}, batch ${batch}: ${ready.error}`)
        return undefined
      }
      return {
        firstMs: ready['firstMs'] as number,
        values: floats(ready['values'] as string),
        async times(limits: Limits) {
          const answer = await ask({ do: 'measure', ...cell, limits })
          if (answer.error !== undefined) throw new Error(`${engine}: ${answer.error}`)
          return answer['times'] as number[]
        },
      }
    },
  })
  return {
    contenders: engines.map(contender),
    versions: hello['versions'] as Record<string, string>,
    end: () => child.kill(),
  }
}

function floats(file: string): Float32Array {
  const bytes = readFileSync(file)
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)
}
