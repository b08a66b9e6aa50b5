import { type Cancel, type Clock, deviceClock } from '@tributary/protocols/platform'
import type { WorkerMessage } from './messages.ts'
import { canMeasurePage, watchPageMemory } from './page-memory.ts'

export type MemoryBound = {
  /** Begins, or goes on, to look at what a worker that has said this holds. */
  watch(ready: Extract<WorkerMessage, { tributary: 'ready' }>): void
  /** So much is held, as it is counted in the worker. */
  heard(bytes: number): void
  rest(): void
}

/** `exceeded` is called while a worker is watched that holds more than `megabytes`, as far as anybody counts it. */
export const createMemoryBound = ({
  megabytes,
  clock = deviceClock(),
  log,
  exceeded,
}: {
  megabytes: number
  clock?: Clock
  log(line: string): void
  exceeded(held: number): void
}): MemoryBound => {
  let inWorker = 0
  let inPage = 0
  let watched: 'nothing' | 'worker' = 'nothing'
  let unwatch: Cancel = () => {}
  let hasSaid = false
  const weigh = () => {
    const held = (inWorker + inPage) / 1e6
    if (watched === 'worker' && held > megabytes) exceeded(held)
  }
  return {
    watch({ measures, address }) {
      if (watched === 'worker') return
      watched = 'worker'
      inWorker = inPage = 0
      if (address !== undefined && canMeasurePage()) {
        const told = (bytes: number) => {
          inPage = bytes
          weigh()
        }
        unwatch = watchPageMemory(address, { clock, told })
      } else if (measures.length === 0 && !hasSaid) {
        hasSaid = true
        log(`nothing counts here what the worker holds: memoryMegabytes (${megabytes}) bounds nothing`)
      }
    },
    heard(bytes) {
      inWorker = bytes
      weigh()
    },
    rest() {
      watched = 'nothing'
      unwatch()
      unwatch = () => {}
    },
  }
}
