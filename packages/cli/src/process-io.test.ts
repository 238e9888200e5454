import { afterEach, expect, it, vi } from 'vitest'
import { processIo } from './process-io.ts'

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

it('calls back at the first Ctrl-C and ends the process at the second, not at the echo of the first', () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  const kill = vi.spyOn(process, 'kill').mockReturnValue(true)
  const before = process.listeners('SIGINT')
  const handler = vi.fn()
  const release = processIo().onInterrupt(handler)
  const press = (): void =>
    process
      .listeners('SIGINT')
      .filter((listener) => !before.includes(listener))
      .forEach((listener) => listener('SIGINT'))
  press()
  press()
  expect(handler).toHaveBeenCalledTimes(1)
  expect(kill).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1000)
  press()
  expect(kill).toHaveBeenCalledExactlyOnceWith(process.pid, 'SIGINT')
  // Nothing listens any more, so that the signal has its usual effect.
  expect(process.listeners('SIGINT')).toEqual(before)
  release()
})

it('puts the usual behavior back', () => {
  const before = process.listeners('SIGINT')
  processIo().onInterrupt(() => undefined)()
  expect(process.listeners('SIGINT')).toEqual(before)
})
