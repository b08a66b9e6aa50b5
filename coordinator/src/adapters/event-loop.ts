import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { EventLoopDelay } from '../ports/host.ts'

export type EventLoopWatch = { delayMs(): EventLoopDelay; stop(): void }

/** The timer that is late is set this often; that much of every measurement is not lateness. */
const RESOLUTION_MS = 20
const WINDOW_MS = 10_000
const NANOS_A_MS = 1e6

/** Measures how late the event loop turns, in windows of ten seconds: the one before and the one that goes on. Keeps no process alive. */
export const watchEventLoop = (): EventLoopWatch => {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  histogram.enable()
  let before: EventLoopDelay | undefined
  const read = (): EventLoopDelay => ({
    mean: latenessOf(histogram.mean),
    p99: latenessOf(histogram.percentile(99)),
    max: latenessOf(histogram.max),
  })
  const timer = setInterval(() => {
    before = read()
    histogram.reset()
  }, WINDOW_MS)
  timer.unref()
  return {
    delayMs() {
      const now = read()
      if (!before) return now
      return { mean: before.mean, p99: Math.max(before.p99, now.p99), max: Math.max(before.max, now.max) }
    },
    stop() {
      clearInterval(timer)
      histogram.disable()
    },
  }
}

/** Of an empty histogram the mean is none. */
const latenessOf = (nanos: number): number =>
  Number.isFinite(nanos) ? Math.max(0, nanos / NANOS_A_MS - RESOLUTION_MS) : 0
