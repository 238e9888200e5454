import { breather } from '@deepstruct/inference'
import {
  type Device,
  dispose,
  DivergenceError,
  type Host,
  jit,
  put,
  type Random,
  randomFromState,
  type RandomState,
  read,
} from '@deepstruct/tensor'
import type { Dataset } from '../dataset.ts'
import type { Phase } from '../learner.ts'
import { epochSums } from './epoch-sums.ts'
import type { FitOptions } from './fit.ts'
import type { EpochRecord } from './progress.ts'
import { type RunningTurn, runTurn, turnName } from './running-turn.ts'
import type { Snapshot } from './snapshot.ts'

/** A training run under way: what all its phases share. */
export interface Run<S, B> extends Omit<FitOptions<S, B>, 'seed' | 'resume'> {
  readonly data: Dataset<Host<B>>
  readonly batchSize: number
  readonly engine: string
  readonly family: string
  readonly phases: number
  readonly random: Random
  readonly history: EpochRecord[]
}

/** How a phase ended. */
export interface PhaseEnd<S> {
  /** The best state of the phase, or the last one where nothing was measured or the phase keeps that. */
  readonly state: Device<S>
  /** Whether training can go on. */
  readonly status: 'completed' | 'interrupted' | 'diverged'
  /** What diverged. */
  readonly divergence?: DivergenceError
}

interface Best<S> {
  readonly epoch: number
  readonly score: number
  readonly state: Device<S>
}

/** Runs one phase, from its start or from a snapshot taken in it. The state handle is given up. */
export async function runPhase<S extends object, B>(
  run: Run<S, B>,
  phase: Phase<S, B>,
  index: number,
  start: Device<S>,
  from: Snapshot<S> | undefined,
): Promise<PhaseEnd<S>> {
  const { data, dev, batchSize, random, history, signal, checkpoint, onProgress } = run
  const { epochs, patience = Infinity } = phase
  const steps = Math.ceil(data.size / batchSize)
  const copy = copier<S>()
  const breathe = breather()
  let state = start
  let { epoch = 0, step = 0, phaseDone = false } = from ?? {}
  const sums = epochSums(from?.sums)
  let best: Best<S> | undefined =
    from?.best === undefined ? undefined : { ...from.best, state: await put<S>(from.best.state) }
  const host = from?.state ?? (await read(state))
  const turns = await Promise.all(
    phase.turns.map((turn, i) =>
      runTurn(turn, host, from?.players[i], `${run.family}/${phase.name}/${turnName(turn)}`),
    ),
  )

  const measure = async (seconds: () => number): Promise<void> => {
    const evaluation = dev === undefined ? undefined : await phase.evaluate?.(state, dev)
    const better = evaluation !== undefined && evaluation.score > (best?.score ?? -Infinity)
    if (better) {
      if (best !== undefined) dispose(best.state)
      best = { epoch, score: evaluation.score, state: await copy(state) }
    }
    const record: EpochRecord = {
      phase: phase.name,
      epoch,
      train: sums.means(),
      ...(evaluation === undefined ? {} : { dev: evaluation }),
      best: better,
      seconds: seconds(),
    }
    history.push(record)
    onProgress?.({ kind: 'epoch', epochs, ...record })
  }

  const save = async (epochRandom: RandomState): Promise<void> => {
    if (checkpoint === undefined) return
    await checkpoint.save({
      family: run.family,
      engine: run.engine,
      phase: index,
      epoch,
      step,
      phaseDone,
      epochRandom,
      random: random.state(),
      state: await read(state),
      players: await Promise.all(turns.map((turn) => turn.snapshot())),
      sums: sums.all(),
      ...(best === undefined ? {} : { best: { ...best, state: await read(best.state) } }),
      history: [...history],
    })
  }

  /** Gives out the state that the phase keeps, and frees everything else. */
  const end = (ending: Omit<PhaseEnd<S>, 'state'>, last: Device<S>): PhaseEnd<S> => {
    for (const turn of turns) turn.end()
    if (best === undefined) return { ...ending, state: last }
    if (phase.keeps === 'last') {
      dispose(best.state)
      return { ...ending, state: last }
    }
    dispose(last)
    return { ...ending, state: best.state }
  }

  // The state after the last complete epoch, to fall back on.
  let complete = await copy(state)
  const fallBack = (ending: Omit<PhaseEnd<S>, 'state'>): PhaseEnd<S> => {
    dispose(state)
    return end(ending, complete)
  }

  try {
    // What a later phase is given is a candidate for its best state too.
    if (from === undefined && index > 0) await measure(() => 0)

    while (epoch < epochs && !phaseDone && epoch - (best?.epoch ?? epoch) < patience) {
      const began = performance.now()
      const resumed = from !== undefined && from.epoch === epoch && from.step > 0
      const epochRandom = resumed ? from.epochRandom : random.state()
      const order = (resumed ? randomFromState(epochRandom) : random).permutation(data.size)
      while (step < steps && !phaseDone) {
        if (signal?.aborted === true) return fallBack({ status: 'interrupted' })
        const rows = order.subarray(step * batchSize, (step + 1) * batchSize)
        const batch = phase.batch?.(data, rows, random) ?? data.batch(rows)
        let loss: number | undefined
        for (const turn of turns)
          for (let time = 0; time < turn.times; time++) {
            const moved = await turn.step(state, batch, random)
            state = moved.state
            phaseDone ||= moved.done
            sums.add(turns.length === 1 ? '' : `${turn.name}.`, moved.report)
            const mean = moved.report.mean['loss']
            if (mean !== undefined) requireFinite(mean, phase, turn, epoch + 1)
            loss ??= mean
          }
        step++
        onProgress?.({
          kind: 'step',
          phase: phase.name,
          epoch: epoch + 1,
          epochs,
          step,
          steps,
          loss: loss ?? NaN,
        })
        if (
          checkpoint?.everySteps !== undefined &&
          step % checkpoint.everySteps === 0 &&
          step < steps &&
          // A phase that is done ends its epoch right here, and that is saved.
          !phaseDone
        )
          await save(epochRandom)
        await breathe()
      }
      epoch++
      step = 0
      await measure(() => (performance.now() - began) / 1000)
      sums.clear()
      dispose(complete)
      complete = await copy(state)
      await save(random.state())
    }
  } catch (error) {
    if (!(error instanceof DivergenceError)) throw error
    return fallBack({ status: 'diverged', divergence: error })
  }
  dispose(complete)
  return end({ status: 'completed' }, state)
}

function requireFinite<S, B>(
  loss: number,
  { name }: Phase<S, B>,
  turn: RunningTurn<S, B>,
  epoch: number,
): void {
  if (Number.isFinite(loss)) return
  throw new DivergenceError({
    function: name,
    argument: `the loss of ${turn.name} in epoch ${epoch}`,
    got: String(loss),
    expected: 'a finite number',
    why: 'a smaller learning rate or a bound of the gradient (clipNorm) may help',
  })
}

/** Copies a state on the device; eager engines share the memory until one of the two changes. */
function copier<S>(): (state: Device<S>) => Promise<Device<S>> {
  const identity = jit((state: S) => ({ state }), { keep: ['state'], name: 'copy' })
  return async (state) => (await identity(state)).state
}
