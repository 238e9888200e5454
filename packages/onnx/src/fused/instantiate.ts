/** A `WebAssembly.Memory`. */
export interface KernelMemory {
  /** What it holds. */
  readonly buffer: ArrayBufferLike
  /** Adds pages of {@link pageBytes}. */
  grow(pages: number): number
}

/** Memory is a multiple of this. */
export const pageBytes = 65_536

/**
 * Computes the elements from `begin`, a multiple of 4, up to `end`.
 *
 * @param table - the byte address of the list of addresses of arrays, scalars, outputs and sums
 */
export type RunKernel = (table: number, begin: number, end: number) => void

// The part of WebAssembly's interface that is used here; neither ECMAScript's types nor Node's have it.
declare const WebAssembly: {
  readonly Memory: new (limits: {
    readonly initial: number
    readonly maximum: number
    readonly shared: boolean
  }) => KernelMemory
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object
  readonly Instance: new (
    module: object,
    imports: { readonly env: { readonly memory: KernelMemory } },
  ) => { readonly exports: { readonly run: RunKernel } }
}

/** A memory of at least this many bytes, which can grow to `most`. */
export function kernelMemory(bytes: number, shared = true, most: number = bytes): KernelMemory {
  const pages = (size: number): number => Math.ceil(size / pageBytes)
  return new WebAssembly.Memory({ initial: pages(bytes), maximum: pages(most), shared })
}

/** Makes a kernel that was compiled by `fuse` ready to run on a memory. */
export function instantiate(module: Uint8Array<ArrayBuffer>, memory: KernelMemory): RunKernel {
  return new WebAssembly.Instance(new WebAssembly.Module(module), { env: { memory } }).exports.run
}
