import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism, cpus, totalmem } from 'node:os'

/** Where and how figures were measured. */
export interface Environment {
  /** When it began, as ISO 8601. */
  readonly date: string
  /** The model of the processor. */
  readonly cpu: string
  /** The cores that may be used. */
  readonly cores: number
  /** The memory in GiB. */
  readonly memoryGiB: number
  /** The kind of system and of processor. */
  readonly platform: string
  /** Versions by name: Node, runtimes, peers. */
  readonly versions: Readonly<Record<string, string>>
  /** The threads of each contender. */
  readonly threads: number
}

/** This machine and what runs on it. */
export function environmentOf(
  threads: number,
  peers: Readonly<Record<string, string>> = {},
): Environment {
  return {
    date: new Date().toISOString(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    versions: {
      Node: process.versions.node,
      'onnxruntime-node': versionOf('onnxruntime-node'),
      'onnxruntime-web': versionOf('onnxruntime-web'),
      'tfjs-core': versionOf('@tensorflow/tfjs-core'),
      ...peers,
    },
    threads,
  }
}

/** The version in a package's own description, which its exports may hide. */
function versionOf(name: string): string {
  const { resolve } = createRequire(import.meta.url)
  for (const folder of resolve.paths(name) ?? [])
    try {
      const text = readFileSync(`${folder}/${name}/package.json`, 'utf8')
      return (JSON.parse(text) as { version: string }).version
    } catch {
      // Not in this folder.
    }
  return 'absent'
}
