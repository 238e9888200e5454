import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as library from '../index.ts'
import { opCases } from './cases/all.ts'

// What is exported beside the ops: offTape takes a function and has tests of its own, isTensor is a type guard.
const noOps = new Set(['offTape', 'isTensor'])

const folder = join(import.meta.dirname, '../ops')
const modules = await Promise.all(
  readdirSync(folder)
    .filter((file) => !file.endsWith('.test.ts'))
    .map(async (file) => (await import(join(folder, file))) as Readonly<Record<string, unknown>>),
)
const ops = modules
  .flatMap((module) => Object.keys(module))
  .filter((name) => name in library && !noOps.has(name))

describe('the table of cases', () => {
  it('covers every op', () => {
    const covered = new Set(opCases.map(({ op }) => op))
    expect(ops.filter((op) => !covered.has(op))).toEqual([])
    expect(ops.length).toBeGreaterThan(60)
  })

  it('is as long as the one in the README', () => {
    const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')
    expect(ops.filter((op) => !readme.includes(`\`${op}\``))).toEqual([])
  })

  it('names only ops', () => {
    expect(opCases.map(({ op }) => op).filter((op) => !ops.includes(op))).toEqual([])
  })

  it('names each case once', () => {
    const names = opCases.map(({ op, detail }) => `${op} ${detail}`)
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([])
  })
})
