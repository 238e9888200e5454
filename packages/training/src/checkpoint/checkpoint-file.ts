import { ModelFileError, type NDArray, type Tree } from '@deepstruct/tensor'
import { z } from 'zod'
import type { Snapshot } from '../fit/snapshot.ts'
import { decodeSafetensors, type FileSource } from '../model-file/decode-safetensors.ts'
import { encodeSafetensors } from '../model-file/encode-safetensors.ts'
import { parametersToTensors, tensorsToParameters } from '../model-file/parameter-tensors.ts'

const DESCRIPTION = 'deepstruct-checkpoint'

/** The layout of checkpoint files. Unlike models they are read only by the release that wrote them, or one of the same layout. */
const CHECKPOINT_FORMAT = 1

const metrics = z.record(z.string(), z.number())
// Numbers that JSON has no word for are written as null.
const schema = z.object({
  format: z.literal(CHECKPOINT_FORMAT),
  settings: z.string(),
  family: z.string(),
  engine: z.string(),
  phase: z.int().nonnegative(),
  epoch: z.int().nonnegative(),
  step: z.int().nonnegative(),
  phaseDone: z.boolean(),
  epochRandom: z.array(z.number()),
  random: z.array(z.number()),
  updates: z.array(z.int().nonnegative()),
  sums: z.record(z.string(), z.tuple([z.number(), z.number()])),
  best: z.object({ epoch: z.int().nonnegative(), score: z.number() }).optional(),
  history: z.array(
    z.object({
      phase: z.string(),
      epoch: z.int().nonnegative(),
      train: metrics,
      dev: metrics.and(z.object({ score: z.number() })).optional(),
      best: z.boolean(),
      seconds: z.number(),
    }),
  ),
})

/** A snapshot read back, with the settings it was written with. */
export interface CheckpointFile<S> {
  /** Whatever the writer wanted to compare on resuming: the configuration of the run, as text. */
  readonly settings: string
  /** The run. */
  readonly snapshot: Snapshot<S>
}

/**
 * A snapshot as the bytes of a safetensors file.
 *
 * @param settings - the configuration of the run as text, to be compared on resuming
 */
export function encodeCheckpoint<S>(snapshot: Snapshot<S>, settings = ''): Uint8Array {
  const { state, players, best, ...rest } = snapshot
  const tensors = {
    state: state as Tree<NDArray>,
    players: players.map(({ slots }) => slots),
    ...(best === undefined ? {} : { best: best.state as Tree<NDArray> }),
  }
  const description = {
    format: CHECKPOINT_FORMAT,
    settings,
    ...rest,
    updates: players.map(({ updates }) => updates),
    ...(best === undefined ? {} : { best: { epoch: best.epoch, score: best.score } }),
  }
  return encodeSafetensors(parametersToTensors(tensors), {
    [DESCRIPTION]: JSON.stringify(description),
  })
}

/**
 * Reads what {@link encodeCheckpoint} wrote; everything is checked before use.
 *
 * @throws {@link @deepstruct/tensor!ModelFileError} when the bytes are cut off, no checkpoint, or of another layout
 */
export function decodeCheckpoint<S>(bytes: Uint8Array, source: FileSource = {}): CheckpointFile<S> {
  const { tensors, metadata } = decodeSafetensors(bytes, source)
  const parsed = schema.safeParse(parse(metadata[DESCRIPTION]))
  if (!parsed.success) throw notACheckpoint(parsed.error.issues[0]?.message ?? '', source)
  const tree = tensorsToParameters(tensors, source) as unknown as {
    state: Snapshot<S>['state']
    players: readonly Snapshot<S>['players'][number]['slots'][]
    best?: Snapshot<S>['state']
  }
  const { format: _, settings, updates, best, ...rest } = parsed.data
  if (tree.state === undefined || tree.players?.length !== updates.length)
    throw notACheckpoint('its arrays do not match its description', source)
  const snapshot = {
    ...rest,
    state: tree.state,
    players: updates.map((count, i) => ({ updates: count, slots: tree.players[i] ?? {} })),
    ...(best === undefined || tree.best === undefined
      ? {}
      : { best: { ...best, state: tree.best } }),
  }
  return { settings, snapshot: snapshot as Snapshot<S> }
}

function parse(json: string | undefined): unknown {
  try {
    return json === undefined ? undefined : JSON.parse(json)
  } catch {
    return undefined
  }
}

function notACheckpoint(why: string, { file }: FileSource): ModelFileError {
  return new ModelFileError({
    function: 'decodeCheckpoint',
    argument: 'bytes',
    got: 'no checkpoint of this release',
    expected: `a checkpoint of layout ${CHECKPOINT_FORMAT}`,
    why,
    ...(file === undefined ? {} : { file }),
  })
}
