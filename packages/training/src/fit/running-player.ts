import {
  add,
  div,
  dispose,
  drawNoise,
  DTypeError,
  filled,
  flatten,
  grad,
  type Host,
  isNDArray,
  isTensor,
  jit,
  maximum,
  mul,
  type NDArray,
  type NoiseSpec,
  onesLike,
  put,
  type Random,
  read,
  ShapeError,
  sum,
  sumOverShares,
  type Tensor,
  type Tree,
  valueAndGrad,
} from '@deepstruct/tensor'
import type { Player } from '../learner.ts'
import { clipGlobalNorm } from '../optimizer/clip-norm.ts'
import type { RunningTurn } from './running-turn.ts'
import type { PlayerSnapshot } from './snapshot.ts'

type Slots = Readonly<Record<string, readonly Tensor[]>>

/** Sets a player going, from the start or from a snapshot. */
export async function runPlayer<S, B>(
  player: Player<S, B>,
  state: Host<S>,
  from: PlayerSnapshot | undefined,
  name: string,
  programName: string,
): Promise<RunningTurn<S, B>> {
  let updates = from?.updates ?? 0
  let slots = await put<Slots>(from?.slots ?? emptySlots(player, state))
  const update = jit(
    (s: S, memory: Slots, batch: B, noise: unknown, scalars: Readonly<Record<string, Tensor>>) =>
      playerUpdate(player, s, memory, batch, noise, scalars, programName),
    { keep: ['state', 'slots'], donate: [0, 1], split: [2, 3], name: programName },
  )
  return {
    name,
    times: player.times ?? 1,
    async step(current, batch, random) {
      const noise = drawTree(player.noise?.(batch), random)
      const result = await update(current, slots, batch, noise, player.optimizer.scalars(updates))
      updates++
      slots = result.slots
      const value = ({ data }: NDArray): number => data[0] as number
      return {
        state: result.state,
        report: {
          mean: Object.fromEntries(
            Object.entries(result.means as Readonly<Record<string, NDArray>>).map(([key, mean]) => [
              key,
              value(mean),
            ]),
          ),
          weight: value(result.weight),
        },
        done: false,
      }
    },
    async snapshot() {
      return { updates, slots: await read(slots) }
    },
    end() {
      dispose(slots)
    },
  }
}

interface Updated<S> {
  readonly state: S
  readonly slots: Slots
  readonly means: Readonly<Record<string, Tensor>>
  readonly weight: Tensor
}

/**
 * One step of a player, traceable: preparation, loss, gradient, update. Rows are summed before anything else is made of them, so that an
 * engine can give each worker some of the rows.
 */
function playerUpdate<S, B>(
  player: Player<S, B>,
  state: S,
  slots: Slots,
  batch: B,
  noise: unknown,
  scalars: Readonly<Record<string, Tensor>>,
  name: string,
): Updated<S> {
  const moving = movingParts(player, state)
  const { sums, weight, gradient } = sumOverShares(
    rowSums(player, state, moving, batch, noise, name),
  )
  const perWeight = div(1, maximum(weight, 1e-30))
  const means = Object.fromEntries(
    Object.entries(sums).map(([key, total]) => [key, mul(total, perWeight)]),
  )
  const ofRows = flatten(gradient, isTensor, refuse).leaves.map((total) => mul(total, perWeight))
  const { penalty, clipNorm, optimizer } = player
  const ofPenalty = penalty && penaltyGradient(penalty, state, moving)
  const gradients = ofPenalty ? ofRows.map((part, i) => add(part, ofPenalty[i] as Tensor)) : ofRows
  const clipped = clipNorm === undefined ? gradients : clipGlobalNorm(gradients, clipNorm)
  const parameters = flatten(moving, isTensor, refuse)
  const updated = parameters.leaves.map((parameter, i) =>
    optimizer.update(
      parameter,
      clipped[i] as Tensor,
      Object.fromEntries(optimizer.slots.map((slot) => [slot, slots[slot]?.[i] as Tensor])),
      scalars,
    ),
  )
  const next = parameters.rebuild(updated.map(({ parameter }) => parameter)) as object
  return {
    state: { ...state, ...next },
    slots: Object.fromEntries(
      optimizer.slots.map((slot) => [
        slot,
        updated.map(({ slots: arrays }) => arrays[slot] as Tensor),
      ]),
    ) as Slots,
    means,
    weight,
  }
}

type Moving = Record<string, unknown>

interface RowSums {
  /** Weighted losses and metrics, by name. */
  readonly sums: Readonly<Record<string, Tensor>>
  readonly weight: Tensor
  /** Of the weighted losses, in the structure of the moving parts. */
  readonly gradient: Moving
}

function rowSums<S, B>(
  player: Player<S, B>,
  state: S,
  moving: Moving,
  batch: B,
  noise: unknown,
  name: string,
): RowSums {
  const prepared = player.prepare?.(state, batch, noise)
  const { grad: gradient, aux } = valueAndGrad((parts: Moving) => {
    const {
      rows,
      weights = onesLike(rows),
      metrics = {},
    } = player.loss({ ...state, ...parts }, batch, prepared, noise)
    requireRows(name, 'rows', rows, rows.shape[0])
    requireRows(name, 'weights', weights, rows.shape[0])
    const loss = sum(mul(weights, rows))
    const others = Object.entries(metrics).map(([key, values]) => [key, sum(mul(weights, values))])
    const sums = { loss, ...(Object.fromEntries(others) as Record<string, Tensor>) }
    return { value: loss, aux: { sums, weight: sum(weights) } }
  })(moving)
  return { ...aux, gradient }
}

function penaltyGradient<S>(
  penalty: (state: S) => Tensor,
  state: S,
  moving: Moving,
): readonly Tensor[] {
  const gradient = grad((parts: Moving) => penalty({ ...state, ...parts }))(moving)
  return flatten(gradient, isTensor, refuse).leaves
}

function emptySlots<S, B>(player: Player<S, B>, state: Host<S>): PlayerSnapshot['slots'] {
  const moving = movingParts(player, state)
  const { leaves: arrays } = flatten(moving, isNDArray, refuse)
  return Object.fromEntries(
    player.optimizer.slots.map((slot) => [slot, arrays.map(({ shape }) => filled(shape, 0))]),
  )
}

/** The parts of a state that a player moves. Gradients and slots follow the order of its leaves. */
function movingParts<S, B>(player: Player<S, B>, state: S | Host<S>): Moving {
  return Object.fromEntries(player.moves.map((key) => [key, (state as S)[key]]))
}

/** Draws a tree of noise in the order in which it is written. */
function drawTree(specs: Tree<NoiseSpec> | undefined, random: Random): Tree<NDArray> {
  if (specs === undefined) return {}
  const { leaves: list, rebuild } = flatten(specs, isNoiseSpec, refuse)
  return rebuild(list.map((spec) => drawNoise(spec, random)))
}

function isNoiseSpec(value: unknown): value is NoiseSpec {
  return typeof value === 'object' && value !== null && 'kind' in value && 'shape' in value
}

function requireRows(name: string, argument: string, x: Tensor, rows: number | undefined): void {
  if (x.rank !== 1 || x.shape[0] !== rows)
    throw new ShapeError({
      function: name,
      argument,
      got: `of shape [${x.shape.join(', ')}]`,
      expected: `[${rows ?? 'batch'}]: a loss for each row`,
    })
}

function refuse(path: string, value: unknown): never {
  throw new DTypeError({
    function: 'fit',
    argument: path || 'the tree',
    got: value === null ? 'null' : typeof value,
    expected: 'arrays in lists and plain objects',
  })
}
