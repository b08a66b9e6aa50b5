/** What a page's main thread did, frame by frame, from Chromium's own trace. */
import type { CDPSession } from 'playwright-core'

type TraceEvent = {
  name: string
  ph: string
  pid: number
  tid: number
  /** Microseconds. */
  ts: number
  /** Of the thread's own processor time, in microseconds. */
  tdur?: number
  /** When it began, by the thread's own processor time, in microseconds. */
  tts?: number
  dur?: number
  args?: { name?: string }
}

export type FrameCosts = {
  /** Processor time of the main thread in each sixtieth of a second, in milliseconds. */
  busyMs: readonly number[]
  /** Of the longest single task, in milliseconds of processor time. */
  longestTaskMs: number
  /**
   * Of frames that the page asked for: those that were drawn, and those that could not be, because the thread was at something else for longer
   * than a frame of its own processor time. What other processes take of the machine takes nothing from these.
   */
  frames: { drawn: number; lost: number }
}

const FRAME_US = 1_000_000 / 60
const CATEGORIES = ['toplevel', 'disabled-by-default-devtools.timeline', 'devtools.timeline']

/** Traces while `act` goes on. */
export const traceFrames = async (session: CDPSession, act: () => Promise<void>): Promise<FrameCosts> => {
  const events: TraceEvent[] = []
  session.on('Tracing.dataCollected', ({ value }) => void events.push(...(value as unknown as TraceEvent[])))
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: CATEGORIES },
  })
  await act()
  const complete = new Promise<void>((done) => session.once('Tracing.tracingComplete', () => done()))
  await session.send('Tracing.end')
  await complete
  return frameCosts(events)
}

const frameCosts = (events: readonly TraceEvent[]): FrameCosts => {
  const main = mainThreadOf(events)
  const tasks = events.filter(
    ({ name, ph, pid, tid }) => name === 'RunTask' && ph === 'X' && pid === main.pid && tid === main.tid,
  )
  if (tasks.length === 0) throw new Error('the trace holds no task of the page’s main thread')
  const start = tasks.reduce((least, { ts }) => Math.min(least, ts), Number.POSITIVE_INFINITY)
  const end = tasks.reduce((most, { ts }) => Math.max(most, ts), 0)
  const busyMs = Array.from({ length: Math.floor((end - start) / FRAME_US) + 1 }, () => 0)
  let longestTaskMs = 0
  for (const { ts, tdur = 0 } of tasks) {
    const frame = Math.floor((ts - start) / FRAME_US)
    busyMs[frame] = (busyMs[frame] ?? 0) + tdur / 1_000
    longestTaskMs = Math.max(longestTaskMs, tdur / 1_000)
  }
  return { busyMs, longestTaskMs, frames: framesOf(events, main) }
}

const framesOf = (
  events: readonly TraceEvent[],
  main: { pid: number; tid: number },
): { drawn: number; lost: number } => {
  const drawn = events
    .filter(({ name, pid, tid }) => name === 'FireAnimationFrame' && pid === main.pid && tid === main.tid)
    .toSorted((a, b) => a.ts - b.ts)
  // Chromium leaves the thread's own time out of an event now and then: what was lost around it is not known, and not counted.
  const lost = drawn.slice(1).reduce((sum, { tts }, i) => {
    const before = drawn[i]?.tts
    return tts === undefined || before === undefined
      ? sum
      : sum + Math.max(0, Math.floor((tts - before) / FRAME_US))
  }, 0)
  return { drawn: drawn.length, lost }
}

/** Of the threads that draw pages, the one with the most to do. */
const mainThreadOf = (events: readonly TraceEvent[]): { pid: number; tid: number } => {
  const busy = new Map<string, { pid: number; tid: number; sum: number }>()
  for (const { name, args, ph, pid, tid } of events)
    if (ph === 'M' && name === 'thread_name' && args?.name === 'CrRendererMain')
      busy.set(`${pid} ${tid}`, { pid, tid, sum: 0 })
  for (const { pid, tid, tdur = 0, name } of events) {
    const thread = busy.get(`${pid} ${tid}`)
    if (thread && name === 'RunTask') thread.sum += tdur
  }
  const [most] = [...busy.values()].toSorted((a, b) => b.sum - a.sum)
  if (!most) throw new Error('the trace names no main thread of a page')
  return most
}
