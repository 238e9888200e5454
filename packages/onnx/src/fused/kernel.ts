import { type Term, usesOf } from './terms.ts'
import { type Code, createCode, encodeModule, noResult } from './wasm-binary.ts'

/** What a kernel does, and where the table has its addresses. */
export interface Program {
  /** How many arrays it may read: the first addresses. */
  readonly arrays: number
  /** How many scalars it may read: the next. */
  readonly scalars: number
  /** What it writes to each output: the next. */
  readonly outputs: readonly Term[]
  /** What it adds up: the last. */
  readonly sums: readonly Term[]
}

/** How a loop goes through the elements. */
interface Stride {
  /** How many elements a step takes. */
  readonly elements: number
  /** Replaces an address by the elements there. */
  readonly load: () => void
  /** Puts a vector's elements to an address. */
  readonly store: () => void
  /** Replaces a vector by its part that is added to sums. */
  readonly counted: () => void
}

// The parameters of `run`, then where the current element is and where a loop ends, in bytes from the first element.
const [table, begin, end, offset, stop] = [0, 1, 2, 3, 4]
const parameters = 3

/** The bytes of a module that runs a program from one element to another. */
export function kernelModule(program: Program, shared: boolean): Uint8Array<ArrayBuffer> {
  const code = createCode()
  const { integers, vectors } = writeKernel(code, program)
  return encodeModule({ name: 'run', parameters, integers, vectors, code: code.bytes(), shared })
}

function writeKernel(
  code: Code,
  { arrays, scalars, outputs, sums }: Program,
): { readonly integers: number; readonly vectors: number } {
  const uses = usesOf([...outputs, ...sums])
  const terms = [...uses.keys()]
  const slots = { scalar: arrays, output: arrays + scalars, sum: arrays + scalars + outputs.length }
  let locals = stop + 1
  const local = (): number => locals++
  const get = (index: number): void => code.add('local.get', index)

  const pushAddress = (slot: number): void => {
    get(table)
    code.add('i32.load', word, 4 * slot)
  }
  const pointerTo = (slot: number): number => {
    const pointer = local()
    pushAddress(slot)
    code.add('local.set', pointer)
    return pointer
  }
  const inputPointers = new Map(
    terms.flatMap((term) =>
      term.kind === 'array' ? [[term.index, pointerTo(term.index)] as const] : [],
    ),
  )
  const outputPointers = outputs.map((_, i) => pointerTo(slots.output + i))
  const integers = locals - parameters

  // A term has a variable where it is needed more than once: in each step, as a result, or by several others.
  const variables = new Map<Term, number>()
  for (const term of terms)
    if (!term.varies || uses.get(term)! > 1 || outputs.includes(term) || sums.includes(term))
      variables.set(term, local())
  const totals = sums.map(() => ({ low: local(), high: local() }))

  const compute = (term: Term, load: () => void): void => {
    switch (term.kind) {
      case 'array':
        get(inputPointers.get(term.index)!)
        get(offset)
        code.add('i32.add')
        load()
        break
      case 'scalar':
        pushAddress(slots.scalar + term.index)
        code.add('v128.load32_splat', word, 0)
        break
      case 'constant':
        writeConstant(code, term.element)
        break
      case 'applied':
        for (const operand of term.operands) {
          const variable = variables.get(operand)
          if (variable === undefined) compute(operand, load)
          else get(variable)
        }
        code.add(term.instruction)
    }
  }
  const assign = (varying: boolean, load: () => void): void => {
    for (const [term, variable] of variables) {
      if (term.varies !== varying) continue
      compute(term, load)
      code.add('local.set', variable)
    }
  }

  const writeStep = ({ elements, load, store, counted }: Stride): void => {
    // An output may be the array that another output is computed from, so all is read before anything is written.
    assign(true, load)
    for (const [i, output] of outputs.entries()) {
      get(outputPointers[i]!)
      get(offset)
      code.add('i32.add')
      get(variables.get(output)!)
      store()
    }
    for (const [i, sum] of sums.entries()) {
      const { low, high } = totals[i]!
      const variable = variables.get(sum)!
      const pushCounted = (): void => {
        get(variable)
        counted()
      }
      addDoubles(code, low, pushCounted)
      addDoubles(code, high, () => {
        pushCounted()
        pushCounted()
        code.add('i8x16.shuffle', ...upperHalf)
      })
    }
    get(offset)
    code.integer(4 * elements)
    code.add('i32.add')
    code.add('local.tee', offset)
  }
  const writeLoop = (stride: Stride): void => {
    const pushBelow = (): void => {
      get(stop)
      code.add('i32.lt_u')
    }
    // Whole steps only.
    get(end)
    code.integer(-stride.elements)
    code.add('i32.and')
    inBytes(code)
    code.add('local.set', stop)
    get(offset)
    pushBelow()
    code.add('if', noResult)
    code.add('loop', noResult)
    writeStep(stride)
    pushBelow()
    code.add('br_if', 0)
    code.add('end')
    code.add('end')
  }

  assign(false, () => undefined)
  get(begin)
  inBytes(code)
  code.add('local.set', offset)
  writeLoop({
    elements: 4,
    load: () => code.add('v128.load', vector, 0),
    store: () => code.add('v128.store', vector, 0),
    counted: () => undefined,
  })
  // The elements that do not fill a vector: each in all lanes, of which the first counts.
  writeLoop({
    elements: 1,
    load: () => code.add('v128.load32_splat', word, 0),
    store: () => code.add('v128.store32_lane', word, 0, 0),
    counted: () => keepFirstLane(code),
  })
  for (const [i, { low, high }] of totals.entries()) {
    pushAddress(slots.sum + i)
    get(low)
    get(high)
    code.add('f64x2.add')
    code.add('local.set', low)
    for (const lane of [0, 1]) {
      get(low)
      code.add('f64x2.extract_lane', lane)
    }
    code.add('f64.add')
    code.add('f32.demote_f64')
    code.add('f32.store', word, 0)
  }
  return { integers, vectors: locals - parameters - integers }
}

/** Alignments, as exponents of 2, of 4 bytes and of 16. */
const [word, vector] = [2, 4]

function writeConstant(code: Code, element: number | boolean): void {
  if (typeof element === 'number') {
    code.float(element)
    code.add('f32x4.splat')
  } else {
    code.integer(element ? -1 : 0)
    code.add('i32x4.splat')
  }
}

/** Replaces a number of elements by the bytes that they take. */
function inBytes(code: Code): void {
  code.integer(2)
  code.add('i32.shl')
}

/** Adds the lower two numbers of a vector to a sum of two doubles: a sum of many floats would lose digits. */
function addDoubles(code: Code, sum: number, push: () => void): void {
  code.add('local.get', sum)
  push()
  code.add('f64x2.promote_low_f32x4')
  code.add('f64x2.add')
  code.add('local.set', sum)
}

/** The bytes of lanes 2 and 3, twice. */
const upperHalf = [8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15]

/** Sets all lanes but the first to 0. */
function keepFirstLane(code: Code): void {
  code.integer(0)
  code.add('i32x4.splat')
  code.integer(-1)
  code.add('i32x4.replace_lane', 0)
  code.add('v128.and')
}
