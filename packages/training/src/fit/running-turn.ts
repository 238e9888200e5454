import { type Device, dispose, type Host, put, type Random, read } from '@deepstruct/tensor'
import type { HostTurn, Metrics, Turn } from '../learner.ts'
import { runPlayer } from './running-player.ts'
import type { PlayerSnapshot } from './snapshot.ts'

/** What a step reported: means over the batch by name, and the weight of the batch. */
export interface StepReport {
  /** Means over the rows, `loss` among them where there is one. */
  readonly mean: Metrics
  /** The weight of the batch. */
  readonly weight: number
}

/** A turn under way. */
export interface RunningTurn<S, B> {
  /** For reports. */
  readonly name: string
  /** How many steps it takes in a row. */
  readonly times: number
  /** One step. The state handle is given up for the new one. */
  step(
    state: Device<S>,
    batch: Host<B>,
    random: Random,
  ): Promise<{ readonly state: Device<S>; readonly report: StepReport; readonly done: boolean }>
  /** Its memory as plain data. */
  snapshot(): Promise<PlayerSnapshot>
  /** Frees its memory. */
  end(): void
}

/** Sets a turn going, from the start or from a snapshot. */
export function runTurn<S, B>(
  turn: Turn<S, B>,
  state: Host<S>,
  from: PlayerSnapshot | undefined,
  name: string,
): Promise<RunningTurn<S, B>> {
  return 'step' in turn
    ? Promise.resolve(runHostTurn(turn))
    : runPlayer(turn, state, from, turnName(turn), name)
}

/** The name of a turn: its own, or the parts that it moves. */
export function turnName<S, B>(turn: Turn<S, B>): string {
  return turn.name ?? ('step' in turn ? 'host' : turn.moves.join('+'))
}

function runHostTurn<S, B>(turn: HostTurn<S, B>): RunningTurn<S, B> {
  return {
    name: turnName(turn),
    times: 1,
    async step(state, batch, random) {
      const next = await turn.step(await read(state), batch, random)
      dispose(state)
      return {
        state: await put<S>(next.state),
        report: { mean: next.metrics, weight: 1 },
        done: next.done ?? false,
      }
    },
    snapshot: () => Promise.resolve({ updates: 0, slots: {} }),
    end: () => undefined,
  }
}
