import type { Cancel, Clock } from '@tributary/protocols/runtime'

export type Pulse = {
  /** There is something to do: done at the next turn, or as soon as enough time has passed since it was done last. */
  soon(): void
  /** Does nothing any more; resolves when what was being done has ended. */
  stop(): Promise<void>
}

/** Does something at most every `everyMs`, never twice at the same time, and only where it was asked for since the last time. */
export const createPulse = ({
  clock,
  everyMs,
  beat,
  fault,
}: {
  clock: Clock
  everyMs: number
  beat(): Promise<void>
  fault(error: unknown): void
}): Pulse => {
  let phase: 'rest' | 'gathering' | 'at work' = 'rest'
  let wanted = false
  let stopped = false
  let cancel: Cancel = () => {}
  let working: Promise<void> = Promise.resolve()

  const wake = (afterMs: number, next: () => void) => {
    if (!stopped) cancel = clock.wakeAt(clock.now() + afterMs, next)
  }
  const begin = () => {
    phase = 'gathering'
    wake(0, () => {
      working = work()
    })
  }
  const work = async () => {
    phase = 'at work'
    wanted = false
    try {
      await beat()
    } catch (error) {
      fault(error)
    }
    wake(everyMs, () => {
      phase = 'rest'
      if (wanted) begin()
    })
  }

  return {
    soon() {
      if (stopped || phase === 'gathering') return
      if (phase === 'rest') begin()
      else wanted = true
    },
    stop() {
      stopped = true
      cancel()
      return working
    },
  }
}
