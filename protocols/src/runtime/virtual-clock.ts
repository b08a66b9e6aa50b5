import { type Clock, requireTime } from './clock.ts'

export type VirtualClock = Clock & {
  /** How many timers are armed: a world at rest has only those its owner still wants. */
  pending(): number
  /** When the earliest timer is due, or `undefined` when none is armed. */
  nextAt(): number | undefined
  /**
   * Moves to the earliest timer and wakes it; false when none is armed.
   * Timers of the same instant wake in the order in which they were armed.
   */
  step(): boolean
  /** Steps through everything due until `at`, then stands at `at`. Does not await promises between wakes. */
  advanceTo(at: number): void
}

type Timer = { at: number; order: number; wake: () => void; cancelled: boolean }

/** A clock that stands still until it is told to move. `wakeAt` never fires inside its own call. */
export const virtualClock = (startAt = 0): VirtualClock => {
  let now = startAt
  let order = 0
  let cancelled = 0
  const heap: Timer[] = []

  const dropCancelled = () => {
    while (heap[0]?.cancelled) {
      pop(heap)
      cancelled--
    }
  }
  const step = () => {
    dropCancelled()
    const timer = pop(heap)
    if (!timer) return false
    timer.cancelled = true
    now = timer.at
    timer.wake()
    return true
  }
  const nextAt = () => {
    dropCancelled()
    return heap[0]?.at
  }
  return {
    now: () => now,
    wakeAt(at, wake) {
      requireTime(at)
      const timer: Timer = { at: Math.max(at, now), order: order++, wake, cancelled: false }
      push(heap, timer)
      return () => {
        if (timer.cancelled) return
        timer.cancelled = true
        cancelled++
      }
    },
    pending: () => heap.length - cancelled,
    nextAt,
    step,
    advanceTo(at) {
      for (let next = nextAt(); next !== undefined && next <= at; next = nextAt()) step()
      now = Math.max(now, at)
    },
  }
}

const before = (a: Timer, b: Timer) => a.at < b.at || (a.at === b.at && a.order < b.order)

const push = (heap: Timer[], timer: Timer) => {
  let child = heap.length
  heap.push(timer)
  while (child > 0) {
    const parent = (child - 1) >> 1
    if (!swapIfBefore(heap, child, parent)) return
    child = parent
  }
}

const pop = (heap: Timer[]): Timer | undefined => {
  const top = heap[0]
  const last = heap.pop()
  if (!top || !last || top === last) return top
  heap[0] = last
  for (let parent = 0; ; ) {
    const left = 2 * parent + 1
    const right = left + 1
    const child = right < heap.length && before(heap[right] as Timer, heap[left] as Timer) ? right : left
    if (child >= heap.length || !swapIfBefore(heap, child, parent)) return top
    parent = child
  }
}

const swapIfBefore = (heap: Timer[], child: number, parent: number): boolean => {
  const a = heap[child] as Timer
  const b = heap[parent] as Timer
  if (!before(a, b)) return false
  heap[child] = b
  heap[parent] = a
  return true
}
