// A worker thread: takes its tasks one after the other, and waits for more.
import * as ort from 'onnxruntime-node'
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { createPerformer } from './performer.mjs'

/** @import { WorkerStart } from './messages.ts' */

const start = /** @type {WorkerStart} */ (workerData)
const port = /** @type {NonNullable<typeof parentPort>} */ (parentPort)
const { control, words, index } = start
const { perform } = createPerformer({
  ...start,
  ort,
  answer: (answer, moved) => port.postMessage(answer, moved),
  wait,
})

/** As long as a thread keeps looking before it lies down, in milliseconds: waking up takes half as long. */
const patience = 2

/** Waits while a word has a value. @param {number} word @param {number} value */
function wait(word, value) {
  const end = performance.now() + patience
  do {
    for (let i = 0; i < 200; i++) if (Atomics.load(control, word) !== value) return
  } while (performance.now() < end)
  while (Atomics.load(control, word) === value) Atomics.wait(control, word, value)
}

const wake = words.wake + index * words.stride
for (;;) {
  const seen = Atomics.load(control, wake)
  for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port))
    await perform(next.message)
  wait(wake, seen)
}
