import { onnxEngine, type OnnxOptions } from '@deepstruct/onnx'
import { type Backend, eagerEngine, type Engine, useEngine } from '@deepstruct/tensor'
import type { Case, Work } from './case.ts'
import { declared } from './comparisons.ts'
import type { Contender, Prepared } from './contender.ts'

/** Engines of ours by their names in rows, those that this machine has. */
export async function ourContenders(
  threads: number,
  wanted: (name: string) => boolean,
): Promise<Contender[]> {
  const starts: Readonly<Record<string, () => Promise<Contender>>> = {
    'eager-wasm': () => eager('eager-wasm', 'wasm'),
    'eager-tensorflow': () => eager('eager-tensorflow', 'tensorflow'),
    [declared]: () => compiled(declared, { threads, runtime: 'node' }),
    'onnx-web': () => compiled('onnx-web', { threads, runtime: 'web' }),
    'onnx-node-1-thread': () => compiled('onnx-node-1-thread', { threads: 1, runtime: 'node' }),
    'graph-by-hand': () => Promise.resolve(byHand),
  }
  const contenders: Contender[] = []
  for (const [name, start] of Object.entries(starts).filter(([each]) => wanted(each)))
    try {
      contenders.push(await start())
    } catch (error) {
      console.log(`${name} is not on this machine: ${String(error).split('\n')[0]}`)
    }
  return contenders
}

async function eager(name: string, backend: Backend): Promise<Contender> {
  return onEngine(name, await eagerEngine({ backend }), () => 0)
}

async function compiled(name: string, options: OnnxOptions): Promise<Contender> {
  const engine = await onnxEngine(options)
  const oneThread = name.endsWith('1-thread')
  const contender = onEngine(name, engine, () =>
    engine.report().graphs.reduce((ms, { traceMs, sessionMs }) => ms + traceMs + sessionMs, 0),
  )
  return {
    name,
    prepare: async (problem, batch) =>
      // One thread is there for the graph written by hand, which has no more.
      oneThread && problem.graph === undefined ? undefined : contender.prepare(problem, batch),
  }
}

function onEngine(name: string, engine: Engine, compileMs: () => number): Contender {
  return {
    name,
    async prepare(problem, batch) {
      useEngine(engine)
      const before = compileMs()
      const ready = await prepared(await problem.work(batch))
      const ms = compileMs() - before
      return {
        ...ready,
        ...(ms > 0 && { compileMs: ms }),
        times(limits) {
          useEngine(engine)
          return ready.times(limits)
        },
      }
    },
  }
}

const byHand: Contender = {
  name: 'graph-by-hand',
  async prepare(problem: Case, batch: number) {
    const work = await problem.graph?.(batch)
    return work && prepared(work)
  },
}

async function prepared(work: Work): Promise<Prepared> {
  const began = performance.now()
  const values = await work.result()
  return { values, firstMs: performance.now() - began, times: (limits) => work.times(limits) }
}
