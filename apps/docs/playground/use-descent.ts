import { computed, type ComputedRef, onScopeDispose, type Ref, ref, shallowRef } from 'vue'
import { type EnergyModel, type MinimizerName, minimizers } from './energy-model.ts'

/** A descent under way. */
export interface Descent {
  readonly x: Ref<number[]>
  readonly y: Ref<number[]>
  readonly minimizer: Ref<MinimizerName>
  readonly stepSize: Ref<number>
  /** From the start, or from what the reader last changed. */
  readonly energies: Ref<readonly number[]>
  readonly running: Ref<boolean>
  readonly error: Ref<string>
  readonly steps: ComputedRef<number>
  /** Starts over from an input and an output. */
  begin(x: number[], y: number[]): void
  /** Goes on from an output or for an input that the reader changed. */
  edit(change: { x?: number[]; y?: number[] }): void
  choose(name: MinimizerName): void
  step(): Promise<void>
  run(): Promise<void>
  stop(): void
}

/** Steps after which a descent stops by itself, and the change of every output below which it does so earlier. */
const limit = { steps: 200, change: 5e-4 }

/** How long a step stays on the screen, in milliseconds. */
const pause = 60

/** Inference on a model, step by step. */
export function useDescent(model: EnergyModel): Descent {
  const x = shallowRef<number[]>([])
  const y = shallowRef<number[]>([])
  const minimizer = ref<MinimizerName>('projected gradient')
  const stepSize = ref<number>(minimizers[minimizer.value].stepSize)
  const energies = shallowRef<readonly number[]>([])
  const running = ref(false)
  const error = ref('')

  /** One step; gives the largest change of an output. */
  async function advance(): Promise<number> {
    const from = y.value
    const input = x.value
    const {
      y: next,
      energyBefore,
      energy,
    } = await model.step(input, from, minimizer.value, stepSize.value)
    // The reader has changed something meanwhile: the step is from a point that is gone.
    if (from !== y.value || input !== x.value) return Infinity
    y.value = [...next]
    energies.value = [...(energies.value.length > 0 ? energies.value : [energyBefore]), energy]
    return Math.max(...next.map((value, i) => Math.abs(value - from[i])))
  }

  async function guarded(action: () => Promise<unknown>): Promise<void> {
    error.value = ''
    try {
      await action()
    } catch (cause) {
      error.value = cause instanceof Error ? cause.message : String(cause)
    }
  }

  const stop = (): void => {
    running.value = false
  }
  onScopeDispose(stop)

  return {
    x,
    y,
    minimizer,
    stepSize,
    energies,
    running,
    error,
    steps: computed(() => Math.max(0, energies.value.length - 1)),
    begin(input, output) {
      stop()
      x.value = input
      y.value = output
      energies.value = []
    },
    edit(change) {
      if (change.x) x.value = change.x
      if (change.y) y.value = change.y
      energies.value = []
    },
    choose(name) {
      minimizer.value = name
      stepSize.value = minimizers[name].stepSize
    },
    step: () => guarded(advance),
    async run() {
      running.value = true
      await guarded(async () => {
        for (let taken = 0; running.value && taken < limit.steps; taken++) {
          if ((await advance()) < limit.change) break
          await new Promise((resolve) => {
            setTimeout(resolve, pause)
          })
        }
      })
      stop()
    },
    stop,
  }
}
