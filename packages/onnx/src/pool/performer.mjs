// What a participant does in computing, in a worker thread or in the main one: it runs graphs of ONNX Runtime on its share of the rows, and kernels
// on its share of the parameters.
//
// Plain JavaScript, because threads are started from a file and Node 20 does not read TypeScript.

/**
 * @import { InferenceSession, Tensor } from 'onnxruntime-node'
 * @import { NDArray } from '@deepstruct/tensor'
 * @import { Answer, Feed, ForgetTask, GraphTask, Layout, PlanTask, RunTask, StepTask, Task } from './messages.ts'
 */

/** @typedef {{ run(table: number, begin: number, end: number): void }} Kernel */
/** @typedef {{ Module: new (bytes: Uint8Array) => object, Instance: new (module: object, imports: object) => { exports: Kernel } }} Assembly */
/** @typedef {Omit<PlanTask, 'modules'> & { kernels: Kernel[], places: Record<string, Tensor | null>, layout?: Layout, tensors: { source: Float32Array, copy: Float32Array }[], feeds: Record<string, Tensor>, totals: Float32Array[] }} Plan */

// Node's types lack WebAssembly.
const { Instance, Module } = /** @type {{ WebAssembly: Assembly }} */ (
  /** @type {unknown} */ (globalThis)
).WebAssembly

/** Arrays that are posted here are gone at once, which is earlier than the garbage collector would have it. */
const nowhere = new MessageChannel().port1
nowhere.close()

/** @type {typeof import('./performer.d.mts').createPerformer} */
export function createPerformer(participant) {
  const { index, count, control, memory, words, ort, settings, answer, wait } = participant
  /** By graph. @type {Map<number, InferenceSession>} */
  const sessions = new Map()
  /** Graphs that could not be prepared. It may have been memory that lacked, and is there at the next call. @type {Map<number, GraphTask>} */
  const refused = new Map()
  /** @type {Map<number, Plan>} */
  const plans = new Map()
  /** By their bytes: one that has been in use for a while is faster than a new one. @type {Map<string, Kernel>} */
  const known = new Map()
  /** @type {Map<number, Tensor>} */
  const held = new Map()

  /** @param {NDArray} array */
  function tensorOf({ dtype, data, shape }) {
    return new ort.Tensor(dtype, /** @type {Float32Array} */ (data), shape)
  }

  /** @param {readonly number[]} shape */
  function emptyTensor(shape) {
    const elements = shape.reduce((product, extent) => product * extent, 1)
    return new ort.Tensor('float32', new Float32Array(elements), shape)
  }

  /** @param {GraphTask} task */
  async function prepare({ graph, model, externalData }) {
    const beside = externalData.length > 0 ? { externalData } : {}
    const session = await ort.InferenceSession.create(model, { ...settings, ...beside })
    sessions.set(graph, session)
    return session
  }

  /** @param {number} graph */
  async function sessionOf(graph) {
    const task = refused.get(graph)
    const session = task === undefined ? sessions.get(graph) : await prepare(task)
    if (session === undefined) throw new Error(`graph ${graph} is not known`)
    refused.delete(graph)
    return session
  }

  /** @param {readonly Feed[]} feeds @param {Record<string, Tensor>} tensors */
  function collect(feeds, tensors) {
    for (const { name, held: number, array } of feeds) {
      if (array !== undefined) tensors[name] = tensorOf(array)
      if (number === undefined) continue
      if (array !== undefined) held.set(number, /** @type {Tensor} */ (tensors[name]))
      else tensors[name] = /** @type {Tensor} */ (held.get(number))
    }
    return tensors
  }

  /** @param {number} graph @param {Record<string, Tensor>} feeds @param {Record<string, Tensor | null>} [places] */
  async function compute(graph, feeds, places) {
    const session = await sessionOf(graph)
    return places === undefined ? session.run(feeds) : session.run(feeds, places)
  }

  /** @param {RunTask} task */
  async function run({ job, graph, feeds }) {
    try {
      const results = await compute(graph, collect(feeds, {}))
      /** @type {Record<string, NDArray>} */
      const outputs = {}
      const moved = []
      for (const [name, { type, data, dims }] of Object.entries(results)) {
        outputs[name] = /** @type {NDArray} */ ({ shape: dims, dtype: type, data })
        moved.push(/** @type {Float32Array<ArrayBuffer>} */ (data).buffer)
      }
      answer({ job, outputs }, moved)
    } catch (error) {
      answer({ job, error: String(error) }, [])
    }
  }

  /** @param {Uint8Array} bytes */
  function instantiate(bytes) {
    const key = bytes.join()
    let kernel = known.get(key)
    if (kernel === undefined) {
      kernel = new Instance(new Module(bytes), { env: { memory } }).exports
      known.set(key, kernel)
    }
    return kernel
  }

  /** @param {PlanTask} task */
  function learn({ modules, ...plan }) {
    const kernels = modules.map(instantiate)
    // The runtime also hands out copies of what it puts there, but making room for large results costs more than that.
    const places = Object.fromEntries([
      ...plan.sums.map(({ name, shape }) => [name, shape ? emptyTensor(shape) : null]),
      ...plan.flags.map((name) => [name, null]),
    ])
    plans.set(plan.plan, { ...plan, kernels, places, tensors: [], feeds: {}, totals: [] })
  }

  /** @param {Plan} plan @param {Layout} layout */
  function place(plan, layout) {
    plan.layout = layout
    plan.feeds = {}
    plan.totals = layout.sums.map(
      ({ address, elements }) => new Float32Array(memory.buffer, address, elements),
    )
    // ONNX Runtime takes no shared memory.
    plan.tensors = layout.shared.map(({ name, address, shape }) => {
      const tensor = emptyTensor(shape)
      const { data: copy } = tensor
      plan.feeds[name] = tensor
      return { source: new Float32Array(memory.buffer, address, copy.length), copy }
    })
    const { address, pointers } = layout.table
    new Int32Array(memory.buffer, address, pointers.length).set(pointers)
  }

  /** Sums over the rows of this participant, into shared memory. @param {Plan} plan @param {StepTask} task */
  async function sumRows(plan, { job, feeds }) {
    if (feeds === undefined) {
      for (const total of plan.totals) total.fill(0)
      return
    }
    for (const { source, copy } of plan.tensors) copy.set(source)
    const results = await compute(plan.graph, collect(feeds, { ...plan.feeds }), plan.places)
    for (const [flag, name] of plan.flags.entries()) {
      const { data } = /** @type {Tensor} */ (results[name])
      if (/** @type {Uint8Array} */ (data).includes(0)) {
        answer({ job, flag }, [])
        Atomics.store(control, words.failed, 1)
      }
    }
    for (const [j, { name }] of plan.sums.entries()) {
      const { data } = /** @type {Tensor} */ (plan.places[name] ?? results[name])
      plan.totals[j]?.set(/** @type {Float32Array} */ (data))
    }
    nowhere.postMessage(
      undefined,
      Object.values(results).map(
        ({ data }) => /** @type {ArrayBuffer} */ (/** @type {Float32Array} */ (data).buffer),
      ),
    )
  }

  /** @param {Plan} plan */
  async function update({ stages, kernels, layout }) {
    const { address } = /** @type {Layout} */ (layout).table
    for (const [i, calls] of stages.entries()) {
      if (i > 0) await barrier()
      if (Atomics.load(control, words.failed) !== 0) return
      for (const { module, table, ranges } of calls) {
        const [begin, end] = /** @type {readonly [number, number]} */ (ranges[index])
        // Without elements it still writes its sums, which are zero then.
        kernels[module]?.run(address + 4 * table, begin, end)
      }
    }
  }

  /** @param {StepTask} task */
  async function step(task) {
    const plan = plans.get(task.plan)
    try {
      if (plan === undefined) throw new Error(`step ${task.plan} is not known`)
      if (task.layout !== undefined) place(plan, task.layout)
      const { scalars } = /** @type {Layout} */ (plan.layout)
      const floats = new Float32Array(memory.buffer)
      for (const [i, address] of scalars.entries())
        floats[address / 4] = task.scalars[i] ?? Number.NaN
      await sumRows(plan, task)
    } catch (error) {
      Atomics.store(control, words.failed, 1)
      answer({ job: task.job, error: String(error) }, [])
    }
    await barrier()
    if (plan?.layout !== undefined) await update(plan)
    const last = Atomics.sub(control, words.busy, 1) === 1
    if (task.watched) Atomics.notify(control, words.busy)
    else if (last) answer({ job: task.job }, [])
  }

  /** Waits until all participants are here. */
  async function barrier() {
    const opened = Atomics.load(control, words.opened)
    if (Atomics.add(control, words.arrived, 1) === count - 1) {
      Atomics.store(control, words.arrived, 0)
      Atomics.add(control, words.opened, 1)
      Atomics.notify(control, words.opened)
    } else await wait(words.opened, opened)
  }

  /** @param {ForgetTask} task */
  async function forget(task) {
    for (const number of task.held) held.delete(number)
    for (const number of task.plans) plans.delete(number)
    for (const number of task.graphs) {
      const session = sessions.get(number)
      sessions.delete(number)
      refused.delete(number)
      await session?.release()
    }
  }

  return {
    /** @param {Task} task */
    async perform(task) {
      switch (task.kind) {
        case 'graph':
          await prepare(task).catch(() => refused.set(task.graph, task))
          return
        case 'run':
          return run(task)
        case 'plan':
          return learn(task)
        case 'step':
          return step(task)
        case 'forget':
          return forget(task)
      }
    },
  }
}

/** @type {typeof import('./performer.d.mts').changes} */
export function changes(control, word, value, patience) {
  const end = performance.now() + patience
  do {
    for (let i = 0; i < 200; i++) if (Atomics.load(control, word) !== value) return true
  } while (performance.now() < end)
  return false
}
