import {
  add,
  array,
  currentEngine,
  type Device,
  div,
  DivergenceError,
  DomainError,
  eagerEngine,
  type Host,
  jit,
  matMul,
  mul,
  ndarray,
  type Random,
  random,
  reshape,
  square,
  sub,
  sum,
  type Tensor,
  useEngine,
} from '@deepstruct/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import { decodeCheckpoint, encodeCheckpoint } from '../checkpoint/checkpoint-file.ts'
import type { Dataset } from '../dataset.ts'
import type { Evaluation, Learner, Phase, Turn } from '../learner.ts'
import { adam } from '../optimizer/adam.ts'
import { sgd } from '../optimizer/sgd.ts'
import { fit } from './fit.ts'
import type { Snapshot } from './snapshot.ts'

type State = { w: Tensor; other: { v: Tensor } }
type Batch = { x: Tensor; y: Tensor }

const features = 3
function lines(size: number, seed: number): Dataset<Host<Batch>> {
  const draw = random(seed)
  const x = draw.normals([size, features])
  const w = [1, -2, 0.5]
  const y = Float32Array.from({ length: size }, (_, i) =>
    w.reduce(
      (total, weight, j) => total + weight * (x.data[i * features + j] as number),
      0.1 * draw.normal(),
    ),
  )
  return {
    size,
    batch(rows) {
      const list = Array.from(rows)
      return {
        x: ndarray(
          Float32Array.from(
            list.flatMap((i) => [...x.data.subarray(i * features, (i + 1) * features)]),
          ),
          [list.length, features],
        ),
        y: ndarray(Float32Array.from(list, (i) => y[i] as number)),
      }
    },
  }
}

const predict = (w: Tensor, x: Tensor): Tensor => reshape(matMul(x, w), [-1])
const squares = ({ w }: State, { x, y }: Batch): Tensor => square(sub(predict(w, x), y))

async function evaluate(state: Device<State>, data: Dataset<Host<Batch>>) {
  const all = data.batch(Array.from({ length: data.size }, (_, i) => i))
  const loss = jit((s: State, batch: Batch) => div(sum(squares(s, batch)), data.size))
  const value = (await loss(state, all)).data[0] as number
  return { score: -value, squares: value }
}

function learner(phases: Partial<Phase<State, Batch>>[]): Learner<State, Batch> {
  return {
    family: 'line',
    init: (_, source: Random) => ({
      w: source.normals([features, 1]),
      other: { v: source.normals([2]) },
    }),
    phases: phases.map((phase, i) => ({
      name: `phase ${i}`,
      epochs: 3,
      evaluate,
      turns: [
        {
          moves: ['w'],
          optimizer: adam({ rate: 0.05 }),
          noise: ({ x }) => ({ kind: 'dropout', shape: x.shape, rate: 0.2 }),
          loss: (state, { x, y }, _, mask) => ({
            rows: squares(state, { x: mul(x, mask as Tensor), y }),
          }),
        },
      ],
      ...phase,
    })),
  }
}

/** Measures each state as worse than the one before. */
function worsening(): () => Promise<Evaluation> {
  let score = 0
  return () => Promise.resolve({ score: score-- })
}

const flat = (state: Host<State>): number[] => [...state.w.data, ...state.other.v.data]

beforeAll(async () => useEngine(await eagerEngine({ backend: 'cpu' })))

describe('fit', () => {
  const data = lines(50, 1)
  const dev = lines(20, 2)

  it('learns', async () => {
    const { state, status, history } = await fit(learner([{ epochs: 30 }]), data, {
      dev,
      batchSize: 8,
    })
    expect(status).toBe('completed')
    expect(history).toHaveLength(30)
    expect(history.at(-1)?.dev?.['squares']).toBeLessThan(
      (history[0]?.dev?.['squares'] as number) / 5,
    )
    for (const [i, w] of [1, -2, 0.5].entries()) expect(state.w.data[i]).toBeCloseTo(w, 0)
  })

  it('repeats with a seed, and differs with another', async () => {
    const run = async (seed: number) => flat((await fit(learner([{}]), data, { dev, seed })).state)
    const first = await run(3)
    expect(await run(3)).toEqual(first)
    expect(await run(4)).not.toEqual(first)
  })

  it('keeps the last state of a phase that says so', async () => {
    const rising = { epochs: 4, evaluate: worsening() }
    const [first, last] = [
      await fit(learner([{ ...rising, epochs: 1 }]), data, { dev }),
      await fit(learner([{ epochs: 4 }]), data),
    ]
    const best = await fit(learner([{ ...rising, evaluate: worsening() }]), data, { dev })
    expect(flat(best.state)).toEqual(flat(first.state))
    const kept = await fit(learner([{ ...rising, evaluate: worsening(), keeps: 'last' }]), data, {
      dev,
    })
    expect(flat(kept.state)).toEqual(flat(last.state))
    expect(flat(kept.state)).not.toEqual(flat(first.state))
  })

  it('keeps the best state of each phase, the entering one included', async () => {
    const wild = {
      turns: [
        {
          moves: ['w' as const],
          optimizer: sgd({ rate: 0.9 }),
          loss: (s: State, b: Batch) => ({ rows: mul(100, squares(s, b)) }),
        },
      ],
    }
    const good = await fit(learner([{ epochs: 20 }]), data, { dev })
    const spoiled = await fit(learner([{ epochs: 20 }, { ...wild, epochs: 1 }]), data, { dev })
    expect(flat(spoiled.state)).toEqual(flat(good.state))
    expect(
      spoiled.history.filter(({ phase }) => phase === 'phase 1').map(({ epoch }) => epoch)[0],
    ).toBe(0)
  })

  it('leaves alone what does not move', async () => {
    const start = learner([]).init(data, random(0))
    const { state } = await fit(learner([{}]), data)
    expect([...state.other.v.data]).toEqual([...start.other.v.data])
    expect([...state.w.data]).not.toEqual([...start.w.data])
  })

  it('stops when patience runs out', async () => {
    const worse = { ...learner([{}]).phases[0], patience: 2, epochs: 50, evaluate: constant() }
    const { history } = await fit(learner([worse as Phase<State, Batch>]), data, { dev })
    expect(history).toHaveLength(3)
  })

  it.each([1, 2, 5, 9])(
    'resumes bit by bit from any snapshot (every %i steps)',
    async (everySteps) => {
      const two = () =>
        learner([
          { epochs: 2 },
          { epochs: 2, enter: (s, source) => ({ ...s, other: { v: source.normals([2]) } }) },
        ])
      const snapshots: Snapshot<State>[] = []
      const options = { dev, batchSize: 8, seed: 5 }
      const whole = await fit(two(), data, {
        ...options,
        checkpoint: { everySteps, save: async (snapshot) => void snapshots.push(snapshot) },
      })
      expect(snapshots.length).toBeGreaterThanOrEqual(4)
      for (const snapshot of snapshots) {
        // Through the file format, so that nothing is lost there either.
        const { snapshot: read } = decodeCheckpoint<State>(encodeCheckpoint(snapshot))
        const rest = await fit(two(), data, { ...options, resume: read })
        expect(flat(rest.state)).toEqual(flat(whole.state))
        const timeless = ({ history }: typeof rest) =>
          history.map((record) => ({ ...record, seconds: 0 }))
        expect(timeless(rest)).toEqual(timeless(whole))
      }
    },
  )

  it('pairs each moving array with its own slots, in whatever order parts are named', async () => {
    const both = (moves: ('w' | 'other')[]) =>
      learner([
        {
          turns: [
            {
              moves,
              optimizer: adam({ rate: 0.05 }),
              loss: (s, b) => ({ rows: squares(s, b) }),
              penalty: ({ other }) => sum(square(other.v)),
            },
          ],
        },
      ])
    const { state } = await fit(both(['w', 'other']), data)
    expect(flat((await fit(both(['other', 'w']), data)).state)).toEqual(flat(state))
    const start = learner([]).init(data, random(0))
    expect([...state.other.v.data]).not.toEqual([...start.other.v.data])
  })

  it('gives the last complete epoch when interrupted', async () => {
    const controller = new AbortController()
    const steps: number[] = []
    const interrupted = await fit(learner([{ epochs: 9 }]), data, {
      batchSize: 10,
      signal: controller.signal,
      onProgress: (progress) => {
        if (progress.kind === 'step') steps.push(progress.step)
        if (steps.length === 13) controller.abort()
      },
    })
    expect(interrupted.status).toBe('interrupted')
    expect(interrupted.history).toHaveLength(2)
    const two = await fit(learner([{ epochs: 2 }]), data, { batchSize: 10 })
    expect(flat(interrupted.state)).toEqual(flat(two.state))
  })

  it('stops with the last good state when a loss is no longer finite', async () => {
    let batches = 0
    const explode: Partial<Phase<State, Batch>> = {
      batch(all, rows) {
        const batch = all.batch(rows)
        return ++batches <= 12
          ? batch
          : { ...batch, y: { ...batch.y, data: batch.y.data.map(() => NaN) } }
      },
    }
    const { status, divergence, state } = await fit(learner([explode]), data, { batchSize: 10 })
    expect(status).toBe('diverged')
    expect(divergence).toBeInstanceOf(DivergenceError)
    expect(divergence?.message).toContain('the loss of w in epoch 3')
    expect(flat(state).every(Number.isFinite)).toBe(true)
    const two = await fit(learner([{ epochs: 2 }]), data, { batchSize: 10 })
    expect(flat(state)).toEqual(flat(two.state))
  })

  describe('when a DivergenceError is thrown', () => {
    const divergence = new DivergenceError({
      function: 'test',
      argument: 'the state',
      got: 'far off',
      expected: 'near',
    })
    /** Throws it at the call of this number. */
    const throwingAt = (call: number, error: Error = divergence): (() => void) => {
      let calls = 0
      return () => {
        if (++calls === call) throw error
      }
    }
    const evaluating = (check: () => void, score = (epoch: number): number => epoch) => {
      let epoch = 0
      return (): Promise<Evaluation> => {
        check()
        return Promise.resolve({ score: score(++epoch) })
      }
    }
    const hostTurn = (check: () => void): Turn<State, Batch> => ({
      name: 'host',
      step: (state) => {
        check()
        return Promise.resolve({ state, metrics: {} })
      },
    })

    it('by an evaluation, ends as diverged with the best epoch, and leaves the checkpoint', async () => {
      const saved: Snapshot<State>[] = []
      const save = (snapshot: Snapshot<State>): Promise<void> => {
        saved.push(snapshot)
        return Promise.resolve()
      }
      const run = { dev: data, batchSize: 10 }
      const failing = evaluating(throwingAt(4), (epoch) => -Math.abs(epoch - 2))
      const fitted = await fit(learner([{ epochs: 9, evaluate: failing }]), data, {
        ...run,
        checkpoint: { save },
      })
      expect([fitted.status, fitted.divergence]).toEqual(['diverged', divergence])
      expect(fitted.history.map(({ epoch, best }) => [epoch, best])).toEqual([
        [1, true],
        [2, true],
        [3, false],
      ])
      const two = await fit(learner([{ epochs: 2 }]), data, { batchSize: 10 })
      expect(flat(fitted.state)).toEqual(flat(two.state))

      // What is kept goes on as if nothing had happened.
      const whole = learner([{ epochs: 5, evaluate: evaluating(() => undefined) }])
      const resumed = await fit(
        learner([
          {
            epochs: 5,
            evaluate: evaluating(
              () => undefined,
              (epoch) => epoch + 3,
            ),
          },
        ]),
        data,
        { ...run, resume: saved.at(-1)! },
      )
      expect(saved.map(({ epoch }) => epoch)).toEqual([1, 2, 3])
      expect(flat(resumed.state)).toEqual(flat((await fit(whole, data, run)).state))
    })

    it('by the evaluation on entry, ends with the state that the phase was given', async () => {
      const failing = evaluating(throwingAt(1))
      const later: Partial<Phase<State, Batch>> = { name: 'later', epochs: 2, evaluate: failing }
      const { status, state } = await fit(learner([{ epochs: 2 }, later, { epochs: 5 }]), data, {
        dev: data,
        batchSize: 10,
      })
      expect(status).toBe('diverged')
      const two = await fit(learner([{ epochs: 2 }]), data, { batchSize: 10 })
      expect(flat(state)).toEqual(flat(two.state))
    })

    it('by a turn, ends with the last complete epoch', async () => {
      const steps = Math.ceil(data.size / 10)
      const { turns } = learner([{}]).phases[0]!
      const check = throwingAt(2 * steps + 2)
      const { status, state, history } = await fit(
        learner([{ epochs: 9, turns: [...turns, hostTurn(check)] }]),
        data,
        { batchSize: 10 },
      )
      expect([status, history.length]).toEqual(['diverged', 2])
      const two = await fit(learner([{ epochs: 2 }]), data, { batchSize: 10 })
      expect(flat(state)).toEqual(flat(two.state))
    })

    it('leaves nothing on the engine', async () => {
      const { turns } = learner([{}]).phases[0]!
      const arrays = async (): Promise<number> => (await currentEngine()).memory().arrays
      const before = await arrays()
      const turn = hostTurn(throwingAt(3))
      await fit(learner([{ turns: [...turns, turn] }]), data, { batchSize: 10 })
      const run = { dev: data, batchSize: 10 }
      for (const call of [1, 2, 3])
        await fit(learner([{ epochs: 1 }, { evaluate: evaluating(throwingAt(call)) }]), data, run)
      expect(await arrays()).toBe(before)
    })

    it('throws what is another error', async () => {
      const failing = evaluating(throwingAt(2, new Error('no disk')))
      const run = fit(learner([{ evaluate: failing }]), data, { dev: data })
      await expect(run).rejects.toThrow('no disk')
    })
  })

  it('lets players move in turn, each only its own parts', async () => {
    const game: Partial<Phase<State, Batch>> = {
      epochs: 1,
      turns: [
        {
          name: 'fit',
          moves: ['w'],
          times: 2,
          optimizer: sgd({ rate: 0.01 }),
          loss: (s, b) => ({ rows: squares(s, b) }),
        },
        {
          moves: ['other'],
          optimizer: sgd({ rate: 0.1 }),
          loss: ({ other }, { y }) => ({
            rows: add(mul(0, y), sum(square(other.v))),
            metrics: { y },
          }),
          penalty: ({ other }) => sum(other.v),
        },
        {
          name: 'host',
          step: async (state) => ({
            state: { ...state, w: array([[1], [2], [3]]) },
            metrics: { seen: state.w.data[0] as number },
          }),
        },
      ],
    }
    const { state, history } = await fit(learner([game]), data, { dev })
    expect([...state.w.data]).toEqual([1, 2, 3])
    expect(Object.keys(history[0]?.train ?? {}).toSorted()).toEqual([
      'fit.loss',
      'host.seen',
      'other.loss',
      'other.y',
    ])
  })

  it('weighs rows, clips gradients and adds penalties as stated', async () => {
    const only = (player: object, batchSize = 50) =>
      fit(
        learner([
          { epochs: 1, turns: [{ moves: ['w'], optimizer: sgd({ rate: 1 }), ...player } as never] },
        ]),
        data,
        { batchSize },
      )
    const start = learner([]).init(data, random(0)).w.data
    const zeroRows = ({ w }: State, { y }: Batch) => ({ rows: add(mul(0, y), mul(0, sum(w))) })
    const penalized = await only({ loss: zeroRows, penalty: ({ w }: State) => mul(3, sum(w)) })
    for (const [i, w] of start.entries()) expect(penalized.state.w.data[i]).toBeCloseTo(w - 3, 5)
    const clipped = await only({
      loss: zeroRows,
      penalty: ({ w }: State) => mul(3, sum(w)),
      clipNorm: 1,
    })
    for (const [i, w] of start.entries())
      expect(clipped.state.w.data[i]).toBeCloseTo(w - 1 / Math.sqrt(3), 5)
    const weighted = await only({
      loss: ({ w }: State, { y }: Batch) => ({
        rows: add(mul(0, y), sum(w)),
        weights: square(y),
      }),
    })
    for (const [i, w] of start.entries()) expect(weighted.state.w.data[i]).toBeCloseTo(w - 1, 4)
  })

  it('leaves no tensors behind, whatever the end', async () => {
    const engine = await currentEngine()
    const before = engine.memory().arrays
    await fit(learner([{}, {}]), data, { dev })
    await fit(learner([{ epochs: 3 }]), data, { signal: AbortSignal.abort() })
    expect(engine.memory().arrays).toBe(before)
  })

  it('ends a phase when a host turn says so', async () => {
    let calls = 0
    const { history } = await fit(
      learner([
        {
          epochs: 9,
          turns: [{ step: async (state) => ({ state, metrics: {}, done: ++calls === 3 }) }],
        },
      ]),
      data,
      { batchSize: 25 },
    )
    expect(calls).toBe(3)
    expect(history).toHaveLength(2)
  })

  it('refuses what cannot be', async () => {
    await expect(fit(learner([{}]), data, { batchSize: 0 })).rejects.toThrow(DomainError)
    await expect(fit(learner([{}]), lines(0, 1))).rejects.toThrow(/data.size is 0/)
    const snapshots: Snapshot<State>[] = []
    await fit(learner([{}]), data, { checkpoint: { save: async (s) => void snapshots.push(s) } })
    const resume = { ...(snapshots[0] as Snapshot<State>), family: 'other' }
    await expect(fit(learner([{}]), data, { resume })).rejects.toThrow(
      /resume.family is other, expected line/,
    )
    const scalarLoss = {
      turns: [
        { moves: ['w' as const], optimizer: adam(), loss: (s: State) => ({ rows: sum(s.w) }) },
      ],
    }
    await expect(fit(learner([scalarLoss]), data)).rejects.toThrow(/a loss for each row/)
  })
})

function constant() {
  return async () => ({ score: 1 })
}
