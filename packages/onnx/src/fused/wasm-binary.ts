import { BinaryWriter } from '@bufbuild/protobuf/wire'

/** The opcodes that kernels use (WebAssembly core specification 2.0, section 5.4); those above 0xff have the prefix 0xfd of vectors. */
const opcodes = {
  if: 0x04,
  loop: 0x03,
  end: 0x0b,
  br_if: 0x0d,
  'local.get': 0x20,
  'local.set': 0x21,
  'local.tee': 0x22,
  'i32.load': 0x28,
  'f32.store': 0x38,
  'i32.const': 0x41,
  'f32.const': 0x43,
  'i32.lt_u': 0x49,
  'i32.add': 0x6a,
  'i32.mul': 0x6c,
  'i32.and': 0x71,
  'i32.shl': 0x74,
  'f64.add': 0xa0,
  'f32.demote_f64': 0xb6,
  'v128.load': 0xfd00,
  'v128.load32_splat': 0xfd09,
  'v128.store': 0xfd0b,
  'i8x16.shuffle': 0xfd0d,
  'i32x4.splat': 0xfd11,
  'f32x4.splat': 0xfd13,
  'i32x4.replace_lane': 0xfd1c,
  'f64x2.extract_lane': 0xfd21,
  'f32x4.eq': 0xfd41,
  'f32x4.ne': 0xfd42,
  'f32x4.lt': 0xfd43,
  'f32x4.gt': 0xfd44,
  'f32x4.le': 0xfd45,
  'f32x4.ge': 0xfd46,
  'v128.not': 0xfd4d,
  'v128.and': 0xfd4e,
  'v128.or': 0xfd50,
  'v128.xor': 0xfd51,
  'v128.bitselect': 0xfd52,
  'v128.store32_lane': 0xfd5a,
  'f64x2.promote_low_f32x4': 0xfd5f,
  'f32x4.ceil': 0xfd67,
  'f32x4.floor': 0xfd68,
  'f32x4.nearest': 0xfd6a,
  'f32x4.abs': 0xfde0,
  'f32x4.neg': 0xfde1,
  'f32x4.sqrt': 0xfde3,
  'f32x4.add': 0xfde4,
  'f32x4.sub': 0xfde5,
  'f32x4.mul': 0xfde6,
  'f32x4.div': 0xfde7,
  'f32x4.min': 0xfde8,
  'f32x4.max': 0xfde9,
  'f32x4.pmax': 0xfdeb,
  'f64x2.add': 0xfdf0,
} as const

/** The name of an instruction. */
export type Instruction = keyof typeof opcodes

/** A block or loop without results. */
export const noResult = 0x40

/** Writes instructions one after the other. */
export interface Code {
  /** An instruction with its immediates, which are indices, alignments (as exponents of 2), offsets, lanes. */
  add(instruction: Instruction, ...immediates: readonly number[]): void
  /** A whole number of 32 bits on the stack. */
  integer(value: number): void
  /** A 32-bit float on the stack. */
  float(value: number): void
  /** The instructions so far. */
  bytes(): Uint8Array
}

/** A function's code, empty. */
export function createCode(): Code {
  const writer = new BinaryWriter()
  const add: Code['add'] = (instruction, ...immediates) => {
    const opcode = opcodes[instruction]
    if (opcode > 0xff) writer.raw(Uint8Array.of(opcode >> 8)).uint32(opcode & 0xff)
    else writer.raw(Uint8Array.of(opcode))
    for (const immediate of immediates) writer.uint32(immediate)
  }
  return {
    add,
    integer(value) {
      add('i32.const')
      let rest = value
      // Seven bits a byte, the lowest first; the last byte has the sign in its bit 6.
      while (rest < -64 || rest > 63) {
        writer.raw(Uint8Array.of((rest & 0x7f) | 0x80))
        rest >>= 7
      }
      writer.raw(Uint8Array.of(rest & 0x7f))
    },
    float(value) {
      add('f32.const')
      writer.float(value)
    },
    bytes: () => writer.finish(),
  }
}

/** A module of one exported function on an imported memory `env.memory`. */
export interface KernelModule {
  /** The function's name; its result is nothing. */
  readonly name: string
  /** How many i32 it takes. */
  readonly parameters: number
  /** How many local variables of type i32 follow the parameters. */
  readonly integers: number
  /** How many local variables of type v128 follow those. */
  readonly vectors: number
  /** Its instructions, without the last `end`. */
  readonly code: Uint8Array
  /** Whether the memory is shared between threads. */
  readonly shared: boolean
}

/** The bytes of a module (WebAssembly core specification 2.0, section 5.5; shared memories from the threads proposal). */
export function encodeModule(module: KernelModule): Uint8Array<ArrayBuffer> {
  const { name, parameters, integers, vectors, code, shared } = module
  const writer = new BinaryWriter()
  const bytes = (...values: readonly number[]): BinaryWriter => writer.raw(Uint8Array.from(values))
  const section = (id: number, content: () => void): void => {
    bytes(id).fork()
    content()
    writer.join()
  }
  bytes(0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0)
  section(typeSection, () => {
    bytes(1, 0x60, parameters, ...Array<number>(parameters).fill(i32), 0)
  })
  section(importSection, () => {
    bytes(1)
    writer.string('env').string('memory')
    // Any memory will do: none is smaller than 0 pages, none larger than 65536.
    bytes(0x02)
    if (shared) bytes(0x03, 0).uint32(65536)
    else bytes(0x00, 0)
  })
  section(functionSection, () => bytes(1, 0))
  section(exportSection, () => {
    bytes(1)
    writer.string(name)
    bytes(0x00, 0)
  })
  section(codeSection, () => {
    bytes(1)
    writer.fork()
    bytes(2).uint32(integers)
    bytes(i32).uint32(vectors)
    bytes(v128)
    writer.raw(code)
    bytes(0x0b)
    writer.join()
  })
  return writer.finish()
}

const [typeSection, importSection, functionSection, exportSection, codeSection] = [1, 2, 3, 7, 10]
const [i32, v128] = [0x7f, 0x7b]
