/** Being there for a task while nothing stands against it: from `join` to `leave`, in and out as gates open and shut. */
import type { Cancel, Clock } from '@tributary/protocols/platform'
import type { Gate, HeldReason, Shut } from './gate.ts'

/**
 * How long conditions must have changed before it counts. A page that is hidden for a moment, or a charger that is put in again, would
 * otherwise cost a training and a new line.
 */
export const SETTLE_MS = 1_000

export type Attendance = {
  /** No gate is looked at any more. It neither enters nor keeps out. */
  end(): void
}

/**
 * Looks at the gates, and calls `enter` when all have said that they are open, `keepOut` when one has shut and whenever it changes by
 * which. Neither is called for being told the same again.
 *
 * What only `conditions` have against it, or no longer have, counts once it has stood for `SETTLE_MS`; consent, whose turn it is and what the
 * `app` says at once: that may be a person who has pressed pause, and an app that knows what flickers can wait by itself. What the gates say
 * first counts at once.
 */
export const attend = ({
  gates,
  clock,
  enter,
  keepOut,
}: {
  gates: readonly Gate[]
  clock: Clock
  enter(): void
  keepOut(by: readonly Shut[]): void
}): Attendance => {
  const said = new Map<Gate, Shut | undefined>()
  let being: Being = { is: 'unsettled' }
  let settling: Cancel | undefined
  let over = false
  const stopSettling = () => {
    settling?.()
    settling = undefined
  }

  /** `undefined` while a gate has yet to say something, and none has anything against it. */
  const wanted = (): Settled | undefined => {
    const by = [...said.values()].filter((shut) => shut !== undefined)
    if (by.length > 0) return { is: 'out', by }
    return said.size < gates.length ? undefined : { is: 'in' }
  }
  const look = () => {
    const next = wanted()
    if (over || !next) return
    if (isSame(being, next)) return stopSettling()
    if (!takesTime(being, next)) return become(next)
    // What stands by then is what counts.
    settling ??= clock.wakeAt(clock.now() + SETTLE_MS, () => {
      const settled = wanted()
      if (settled && !isSame(being, settled)) become(settled)
    })
  }
  const become = (next: Settled) => {
    stopSettling()
    being = next
    if (next.is === 'in') enter()
    else keepOut(next.by)
  }

  const stops = gates.map((gate) =>
    gate.watch((shut) => {
      said.set(gate, shut)
      look()
    }),
  )
  look()
  return {
    end() {
      over = true
      stopSettling()
      for (const stop of stops) stop()
    },
  }
}

type Settled = { is: 'in' } | { is: 'out'; by: readonly Shut[] }

type Being = { is: 'unsettled' } | Settled

const isSame = (a: Being, b: Being): boolean =>
  a.is === b.is && (a.is !== 'out' || b.is !== 'out' || JSON.stringify(a.by) === JSON.stringify(b.by))

/** Whether going from one to the other may wait: it is for conditions alone. */
const takesTime = (from: Being, to: Being): boolean =>
  (from.is === 'in' && to.is === 'out' && isSlow(to.by)) ||
  (from.is === 'out' && to.is === 'in' && isSlow(from.by))

const isSlow = (by: readonly { by: HeldReason }[]): boolean => by.every((shut) => shut.by === 'conditions')
