import {
  add,
  div,
  dispose,
  drawNoise,
  DTypeError,
  filled,
  flatten,
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
    { keep: ['state', 'slots'], donate: [0, 1], name: programName },
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

/** One step of a player, traceable: preparation, loss, gradient, update. */
function playerUpdate<S, B>(
  player: Player<S, B>,
  state: S,
  slots: Slots,
  batch: B,
  noise: unknown,
  scalars: Readonly<Record<string, Tensor>>,
  name: string,
): Updated<S> {
  const prepared = player.prepare?.(state, batch, noise)
  const moving = movingParts(player, state)
  const { grad: gradient, aux } = valueAndGrad((parts: typeof moving) => {
    const moved = { ...state, ...parts } as S
    const {
      rows,
      weights = onesLike(rows),
      metrics = {},
    } = player.loss(moved, batch, prepared, noise)
    requireRows(name, 'rows', rows, rows.shape[0])
    requireRows(name, 'weights', weights, rows.shape[0])
    const weight = sum(weights)
    const weighted = (values: Tensor): Tensor =>
      div(sum(mul(weights, values)), maximum(weight, 1e-30))
    const loss = weighted(rows)
    const means = Object.fromEntries(
      Object.entries(metrics).map(([key, values]) => [key, weighted(values)]),
    )
    const value = player.penalty === undefined ? loss : add(loss, player.penalty(moved))
    return { value, aux: { means: { loss, ...means }, weight } }
  })(moving)

  const parameters = flatten(moving, isTensor, refuse)
  const gradients = flatten(gradient, isTensor, refuse).leaves
  const clipped =
    player.clipNorm === undefined ? gradients : clipGlobalNorm(gradients, player.clipNorm)
  const updated = parameters.leaves.map((parameter, i) =>
    player.optimizer.update(
      parameter,
      clipped[i] as Tensor,
      Object.fromEntries(player.optimizer.slots.map((slot) => [slot, slots[slot]?.[i] as Tensor])),
      scalars,
    ),
  )
  const next = parameters.rebuild(updated.map(({ parameter }) => parameter)) as object
  return {
    state: { ...state, ...next },
    slots: Object.fromEntries(
      player.optimizer.slots.map((slot) => [
        slot,
        updated.map(({ slots: arrays }) => arrays[slot] as Tensor),
      ]),
    ) as Slots,
    ...aux,
  }
}

function emptySlots<S, B>(player: Player<S, B>, state: Host<S>): PlayerSnapshot['slots'] {
  const moving = movingParts(player, state)
  const { leaves: arrays } = flatten(moving, isNDArray, refuse)
  return Object.fromEntries(
    player.optimizer.slots.map((slot) => [slot, arrays.map(({ shape }) => filled(shape, 0))]),
  )
}

/** The parts of a state that a player moves. Gradients and slots follow the order of its leaves. */
function movingParts<S, B>(player: Player<S, B>, state: S | Host<S>): Record<string, unknown> {
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
