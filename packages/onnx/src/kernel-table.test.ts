import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { grad, jit, mul, random, sum, type Tensor } from '@deepstruct/tensor'
import { type OpCase, opCases } from '@deepstruct/tensor/conformance'
import * as tf from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Graph } from './graph/graph.ts'
import { kernelGroups } from './kernels/all.ts'
import { onnxEngine, type OnnxEngine } from './onnx-engine.ts'
import { type TraceBackend, traceBackendName } from './trace/trace-backend.ts'

/** What was seen of a kernel. */
interface Seen {
  readonly operators: Set<string>
  readonly values: Set<string>
  readonly derivatives: Set<string>
}

let engine: OnnxEngine
const seen = new Map<string, Seen>()
const restore: (() => void)[] = []
let current: { op: string; kind: 'values' | 'derivatives' }

/** Lets each kernel note who called it and which nodes it added. */
beforeAll(async () => {
  engine = await onnxEngine()
  for (const kernelName of Object.values(kernelGroups).flatMap((group) => Object.keys(group))) {
    const config = tf.getKernel(kernelName, traceBackendName)
    const kernelFunc: tf.KernelFunc = (call) => {
      const { graph }: { graph: Graph } = call.backend as TraceBackend
      const before = graph.size
      const result = config.kernelFunc(call)
      const entry = seen.get(kernelName) ?? {
        operators: new Set(),
        values: new Set(),
        derivatives: new Set(),
      }
      seen.set(kernelName, entry)
      for (const { op } of graph.nodesInOrder().slice(before)) entry.operators.add(op)
      entry[current.kind].add(current.op)
      return result
    }
    replace(config, kernelFunc)
    restore.push(() => replace(config, config.kernelFunc))
  }
})
afterAll(() => {
  for (const each of restore) each()
})

function replace(config: tf.KernelConfig, kernelFunc: tf.KernelFunc): void {
  tf.unregisterKernel(config.kernelName, traceBackendName)
  tf.registerKernel({ ...config, kernelFunc })
}

async function look(use: OpCase): Promise<void> {
  const inputs = use.inputs.map((sample) => sample(random(1)))
  const total = (xs: readonly Tensor[]): Tensor => {
    const outputs = [use.apply(...xs)].flat<readonly (Tensor | readonly Tensor[])[]>()
    return outputs.map((y) => sum(mul(y, y))).reduce((a, b) => tf.add(a, b))
  }
  current = { op: use.op, kind: 'values' }
  await jit((xs: readonly Tensor[]) => [use.apply(...xs)].flat(), { engine })(inputs)
  const floats = inputs.flatMap(({ dtype }, i) => (dtype === 'float32' ? [i] : []))
  if (use.differentiable === false || floats.length === 0) return
  current = { op: use.op, kind: 'derivatives' }
  const twice = (xs: readonly Tensor[]): readonly Tensor[] => {
    const of = (moving: readonly Tensor[]): Tensor =>
      total(xs.map((x, i) => moving[floats.indexOf(i)] ?? x))
    const slopes = (moving: readonly Tensor[]): Tensor =>
      grad(of)(moving)
        .map((g) => sum(mul(g, g)))
        .reduce((a, b) => tf.add(a, b))
    return grad(slopes)(floats.map((i) => xs[i]!))
  }
  await jit(twice, { engine })(inputs)
}

function table(): string {
  const rows = Object.entries(kernelGroups).flatMap(([group, lowerings]) =>
    Object.keys(lowerings)
      .toSorted()
      .map((kernel) => {
        const entry = seen.get(kernel)
        const list = (names: Iterable<string> = []): string => [...names].toSorted().join(', ')
        const ops = new Set([...(entry?.values ?? []), ...(entry?.derivatives ?? [])])
        return [kernel, group, list(entry?.operators), ops.size > 6 ? `${ops.size} ops` : list(ops)]
      }),
  )
  const all = [['tfjs kernel', 'group', 'ONNX operators', 'ops that reach it'], ...rows]
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)))
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  return [line(all[0]!), rule, ...all.slice(1).map(line)].join('\n')
}

describe('the table of kernels', () => {
  it('in the README is what the cases of the tensor package use', async () => {
    for (const use of opCases) await look(use)
    const file = join(import.meta.dirname, '../README.md')
    const readme = readFileSync(file, 'utf8')
    const [begin, end] = ['<!-- kernels: written by a test -->', '<!-- end of kernels -->']
    const from = readme.indexOf(begin) + begin.length
    const to = readme.indexOf(end)
    expect(to).toBeGreaterThan(from)
    // `vitest -u` writes it anew.
    await expect(
      `${readme.slice(0, from)}\n\n${table()}\n\n${readme.slice(to)}`,
    ).toMatchFileSnapshot(file)
  })

  it('has a rule for each kernel that the ops use', () => {
    expect(seen.size).toBeGreaterThan(50)
  })
})
