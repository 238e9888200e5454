import { createCode, encodeModule, noResult } from '../fused/wasm-binary.ts'

/** Bytes of a float32, and of a vector of four. */
const [float, vector] = [4, 16]
/** How many vectors of a row are added up at a time: each entry's place is looked up once for all of them. */
const together = 8

// The parameters of `run` and its local variables.
const [table, row, end] = [0, 1, 2]
const [offsets, addresses, values, matrix, product, entry, last, column, place] = [
  3, 4, 5, 6, 7, 8, 9, 10, 11,
]
const [integers, value, firstTotal] = [9, 12, 13]

/**
 * Compiles the product of a sparse matrix with a dense one of this many columns, $C_{i} = \sum_{e} v_e B_{j_e}$ with $e$ the entries of row $i$,
 * into a WebAssembly module. It exports `run(table, begin, end)`, which computes the rows from `begin` up to `end`; at the byte address `table`
 * stand five addresses: of where the entries of each row begin and end, in bytes; of the byte offset in $B$ of each entry's row; of its value; of
 * $B$; and of $C$. Entries are added in their order.
 *
 * @param columns - of both matrices
 */
export function sparseProductKernel(columns: number): Uint8Array<ArrayBuffer> {
  const code = createCode()
  const get = (local: number): void => code.add('local.get', local)
  const set = (local: number): void => code.add('local.set', local)
  const load = (local: number, at = 0): void => {
    get(local)
    code.add('i32.load', 2, at)
  }
  const plus = (local: number, bytes: number): void => {
    get(local)
    code.integer(bytes)
    code.add('i32.add')
  }
  const loop = (isLeft: () => void, body: () => void): void => {
    isLeft()
    code.add('if', noResult)
    code.add('loop', noResult)
    body()
    isLeft()
    code.add('br_if', 0)
    code.add('end')
    code.add('end')
  }
  const below = (local: number, limit: number): (() => void) => {
    return () => {
      get(local)
      get(limit)
      code.add('i32.lt_u')
    }
  }

  /** Adds up some vectors, or single elements, of a row that begin at the current column. */
  const writeBlock = (count: number, kind: 'vectors' | 'elements'): void => {
    const bytes = kind === 'vectors' ? vector : float
    for (let i = 0; i < count; i++) {
      code.float(0)
      code.add('f32x4.splat')
      set(firstTotal + i)
    }
    load(offsets)
    set(entry)
    load(offsets, 4)
    set(last)
    loop(below(entry, last), () => {
      get(matrix)
      get(column)
      code.add('i32.add')
      get(addresses)
      get(entry)
      code.add('i32.add')
      code.add('i32.load', 2, 0)
      code.add('i32.add')
      set(place)
      get(values)
      get(entry)
      code.add('i32.add')
      code.add('v128.load32_splat', 2, 0)
      set(value)
      for (let i = 0; i < count; i++) {
        get(firstTotal + i)
        get(value)
        get(place)
        code.add(kind === 'vectors' ? 'v128.load' : 'v128.load32_splat', 2, i * bytes)
        code.add('f32x4.mul')
        code.add('f32x4.add')
        set(firstTotal + i)
      }
      plus(entry, 4)
      set(entry)
    })
    get(product)
    get(column)
    code.add('i32.add')
    set(place)
    for (let i = 0; i < count; i++) {
      get(place)
      get(firstTotal + i)
      if (kind === 'vectors') code.add('v128.store', 2, i * bytes)
      else code.add('v128.store32_lane', 2, i * bytes, 0)
    }
    plus(column, count * bytes)
    set(column)
  }

  const rowBytes = float * columns
  for (const [i, local] of [offsets, addresses, values, matrix, product].entries()) {
    load(table, 4 * i)
    set(local)
  }
  for (const [local, bytes] of [
    [offsets, 4],
    [product, rowBytes],
  ] as const) {
    get(local)
    get(row)
    code.integer(bytes)
    code.add('i32.mul')
    code.add('i32.add')
    set(local)
  }
  const blockBytes = together * vector
  const inBlocks = rowBytes - (rowBytes % blockBytes)
  const vectors = Math.floor((rowBytes - inBlocks) / vector)
  const elements = columns % 4
  loop(below(row, end), () => {
    code.integer(0)
    set(column)
    const isLeft = (): void => {
      get(column)
      code.integer(inBlocks)
      code.add('i32.lt_u')
    }
    if (inBlocks > 0) loop(isLeft, () => writeBlock(together, 'vectors'))
    if (vectors > 0) writeBlock(vectors, 'vectors')
    if (elements > 0) writeBlock(elements, 'elements')
    plus(offsets, 4)
    set(offsets)
    plus(product, rowBytes)
    set(product)
    plus(row, 1)
    set(row)
  })
  return encodeModule({
    name: 'run',
    parameters: 3,
    integers,
    vectors: 1 + together,
    code: code.bytes(),
    shared: true,
  })
}
