import { EngineError, type NDArray } from '@deepstruct/tensor'

/** Memory that was asked for and is not there. Who knows for what it was, makes an error for users of it: {@link namingMemory}. */
export class OutOfMemory extends Error {
  override readonly name = 'OutOfMemory'
  /** What was asked for, in words. */
  readonly asked: string

  /** @param why - what refused it, or its words */
  constructor(asked: string, why: unknown) {
    super(firstLine(why), { cause: why })
    this.asked = asked
  }
}

/**
 * What ONNX Runtime and JavaScript say when there is no memory: the native runtime in the first words, WebAssembly in all but the last, for extents beyond 32
 * bits too.
 */
const refusals =
  /failed to allocate|bad.?alloc|shape is too large|SafeIntOnOverflow|array buffer allocation failed|invalid typed array length: \d/i

/** The lack of memory that an error tells of, if it does. */
export function outOfMemory(why: unknown): OutOfMemory | undefined {
  if (why instanceof OutOfMemory) return why
  const text = String(why)
  if (!refusals.test(text)) return undefined
  const bytes = / size:? (\d+)/.exec(text)?.[1]
  return new OutOfMemory(bytes === undefined ? 'an array' : `an array of ${bytes} bytes`, why)
}

/**
 * Does work for a function. Where memory lacks, the error names the function, and says what was asked for and what helps.
 *
 * @param args - what the function is called with, beside what the engine holds
 * @throws {@link @deepstruct/tensor!EngineError} where memory lacks
 */
export async function namingMemory<R>(
  caller: string,
  work: () => Promise<R>,
  args: readonly NDArray[] = [],
): Promise<R> {
  try {
    return await work()
  } catch (error) {
    const lack = outOfMemory(error)
    if (lack === undefined) throw error
    const shapes = args.slice(0, 4).map(({ shape }) => `[${shape.join(', ')}]`)
    const given = shapes.length > 0 ? `, with arguments of shapes ${shapes.join(', ')}` : ''
    throw new EngineError({
      function: caller,
      argument: 'memory',
      got: `too little for ${lack.asked}${given}`,
      expected: 'fewer rows at a time (a smaller batch), fewer threads, or more memory',
      why: lack.message,
      cause: lack.cause,
    })
  }
}

function firstLine(text: unknown): string {
  return String(text).split('\n')[0] ?? ''
}
