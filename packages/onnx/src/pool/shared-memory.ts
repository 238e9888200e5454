import { type NDArray, sizeOf } from '@deepstruct/tensor'
import { type KernelMemory, kernelMemory, pageBytes } from '../fused/instantiate.ts'
import { OutOfMemory } from '../out-of-memory.ts'

/** Memory that all workers see, and arrays in it. Blocks are counted: one is free again when nobody holds it. */
export interface SharedMemory {
  /** The memory itself, for kernels. */
  readonly memory: KernelMemory
  /**
   * A float32 array of these extents; nobody holds it yet, and its elements are arbitrary.
   *
   * @throws {@link OutOfMemory} when it does not fit
   */
  array(shape: readonly number[]): NDArray
  /** The address of an array; nothing for one that lies elsewhere. */
  addressOf(array: NDArray): number | undefined
  /** How many hold the block of an array. */
  holders(array: NDArray): number
  /** Holds the blocks of the arrays that lie here. */
  retain(arrays: readonly NDArray[]): void
  /** Lets the blocks go. */
  release(arrays: readonly NDArray[]): void
  /** Frees the blocks that nobody holds. */
  sweep(arrays: readonly NDArray[]): void
}

interface Block {
  readonly address: number
  readonly bytes: number
  holders: number
}

/** Addresses are multiples of this: a line of the cache, so that two workers never write to one line. */
const alignment = 64
/** The memory at first. */
const firstBytes = 2 ** 20
/** All that 32-bit addresses reach. */
export const mostBytes: number = 2 ** 32

/**
 * Empty memory.
 *
 * @param most - how many bytes it grows to
 */
export function sharedMemory(most: number = mostBytes): SharedMemory {
  const memory = reserve(most)
  const blocks = new WeakMap<NDArray['data'], Block>()
  /** Free stretches in the order of their addresses; neighbors are one. The first bytes stay unused, so that no address is 0. */
  let gaps: { readonly address: number; readonly bytes: number }[] = [
    { address: alignment, bytes: memory.buffer.byteLength - alignment },
  ]

  const allocate = (bytes: number): Block => {
    const needed = Math.max(alignment, Math.ceil(bytes / alignment) * alignment)
    let gap = gaps.find((each) => each.bytes >= needed)
    if (gap === undefined) {
      grow(needed)
      gap = gaps.at(-1)!
    }
    const { address } = gap
    const rest = { address: address + needed, bytes: gap.bytes - needed }
    gaps = gaps.flatMap((each) => (each !== gap ? [each] : rest.bytes > 0 ? [rest] : []))
    return { address, bytes: needed, holders: 0 }
  }

  const grow = (bytes: number): void => {
    const address = memory.buffer.byteLength
    const last = gaps.at(-1)
    const missing = last && last.address + last.bytes === address ? bytes - last.bytes : bytes
    // By a quarter at least, so that many small arrays do not grow it one by one.
    const quarter = Math.min(address / 4, most - address)
    const pages = Math.ceil(Math.max(missing, quarter) / pageBytes)
    try {
      memory.grow(pages)
    } catch (error) {
      throw lacking(bytes, `beside ${address} of at most ${most}`, error)
    }
    free({ address, bytes: pages * pageBytes })
  }

  const free = ({ address, bytes }: { readonly address: number; readonly bytes: number }): void => {
    const before = gaps.find((gap) => gap.address + gap.bytes === address)
    const after = gaps.find((gap) => gap.address === address + bytes)
    const joined = {
      address: before?.address ?? address,
      bytes: (before?.bytes ?? 0) + bytes + (after?.bytes ?? 0),
    }
    gaps = [...gaps.filter((gap) => gap !== before && gap !== after), joined].toSorted(
      (a, b) => a.address - b.address,
    )
  }

  const blockOf = ({ data }: NDArray): Block | undefined => blocks.get(data)

  const viewOf = (block: Block, shape: readonly number[]): NDArray => {
    const data = new Float32Array(memory.buffer, block.address, sizeOf(shape))
    blocks.set(data, block)
    return { shape, dtype: 'float32', data }
  }

  const sweep = (arrays: readonly NDArray[]): void => {
    for (const array of arrays) {
      const block = blockOf(array)
      if (block?.holders !== 0) continue
      // Freed once, however many names it has.
      block.holders = -1
      free(block)
    }
  }

  return {
    memory,
    array: (shape) => viewOf(allocate(sizeOf(shape) * Float32Array.BYTES_PER_ELEMENT), shape),
    addressOf: (array) => blockOf(array)?.address,
    holders: (array) => blockOf(array)?.holders ?? 0,
    retain(arrays) {
      for (const array of arrays) {
        const block = blockOf(array)
        if (block !== undefined) block.holders++
      }
    },
    release(arrays) {
      for (const array of arrays) {
        const block = blockOf(array)
        if (block !== undefined) block.holders--
      }
      sweep(arrays)
    },
    sweep,
  }
}

function reserve(most: number): KernelMemory {
  try {
    return kernelMemory(Math.min(firstBytes, most), true, most)
  } catch (error) {
    throw lacking(most, 'in one piece of addresses', error)
  }
}

function lacking(bytes: number, where: string, why: unknown): OutOfMemory {
  return new OutOfMemory(`${bytes} bytes that threads share, ${where}`, why)
}
