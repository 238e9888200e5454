// A worker thread: takes its tasks one after the other, and waits for more.
import * as ort from 'onnxruntime-node'
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { changes, createPerformer } from './performer.mjs'

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

/**
 * Waits while a word has a value.
 *
 * @param {number} word @param {number} value
 * @param {number} [patience] how long the thread keeps looking before it lies down, in milliseconds: waking up takes about as long
 */
function wait(word, value, patience = 0.05) {
  if (changes(control, word, value, patience)) return
  while (Atomics.load(control, word) === value && !isOver()) Atomics.wait(control, word, value)
}

/** Whether the thread is to end. */
function isOver() {
  return Atomics.load(control, words.over) !== 0
}

const wake = words.wake + index * words.stride
const working = wake + words.working
while (!isOver()) {
  const seen = Atomics.load(control, wake)
  for (
    let next = receiveMessageOnPort(port);
    next !== undefined;
    next = receiveMessageOnPort(port)
  ) {
    // Said before it is known whether the thread may go on: who ends it looks in the other order.
    Atomics.store(control, working, 1)
    try {
      if (isOver()) break
      await perform(next.message)
    } finally {
      Atomics.store(control, working, 0)
      Atomics.notify(control, working)
    }
  }
  // Between two steps it keeps looking for longer, so that it stays on its core.
  wait(wake, seen, 0.5)
}
