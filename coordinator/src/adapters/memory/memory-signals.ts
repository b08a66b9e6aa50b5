import type { Clock } from '@tributary/protocols/runtime'
import type { Signals } from '../../ports/signals.ts'

export type MemorySignals = {
  /** The end of one more process. */
  join(): Signals
}

/**
 * Signals between processes of one world. What is sent goes through JSON, as on a wire. `fate` decides for each signal
 * on its way to each process: after how many milliseconds it arrives, once for every number; with none it is lost.
 */
export const memorySignals = ({
  clock,
  fate = () => [0],
}: {
  clock: Clock
  fate?: () => readonly number[]
}): MemorySignals => {
  const ends = new Set<{ hear: (signal: unknown) => void }>()
  return {
    join() {
      const end: { hear: (signal: unknown) => void } = { hear: () => {} }
      ends.add(end)
      return {
        send(signal) {
          if (!ends.has(end)) return
          const text = JSON.stringify(signal)
          for (const other of ends)
            if (other !== end)
              for (const afterMs of fate())
                clock.wakeAt(clock.now() + afterMs, () => {
                  if (ends.has(other)) other.hear(JSON.parse(text))
                })
        },
        listen(hear) {
          end.hear = hear
        },
        async close() {
          ends.delete(end)
        },
      }
    },
  }
}
