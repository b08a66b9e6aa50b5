/** Conditions as a gate: shut while what the device is like stands against taking part. */
import type { Instant } from '@tributary/protocols'
import type { Cancel, Clock } from '@tributary/protocols/runtime'
import type { Gate } from '../attendance/gate.ts'
import type { Circumstances } from '../ports/circumstances.ts'
import type { CheckedConditions } from './conditions.ts'
import { circumstantialObjections, type Objection } from './objections.ts'
import { steadied, unsaid } from './steadiness.ts'

/** A clock or a zone that somebody sets is noticed within this time, where hours are asked for. */
const CLOCK_MAY_BE_SET_MS = 3_600_000

type Needs = { conditions: CheckedConditions; circumstances: Circumstances; clock: Clock }

/** Looks when a circumstance changes, and when time alone may change the answer. */
export const conditionsGate = ({ conditions, circumstances, clock }: Needs): Gate => ({
  watch(told) {
    let steadiness = unsaid
    let toldLast: string | undefined
    let waking: Cancel | undefined
    let watching = true

    const look = (): void => {
      if (!watching) return
      const now = clock.now()
      const { objections, changesAt } = circumstantialObjections(conditions, circumstances.known(), now)
      const next = steadied(steadiness, objections, now)
      const first = steadiness.said === 'nothing'
      steadiness = next.steadiness
      const hourly = conditions.hours ? now + CLOCK_MAY_BE_SET_MS : undefined
      wake([changesAt, next.lookAgainAt, hourly])
      // A change that is not believed yet is not spoken of either.
      if (steadiness.otherwiseSince !== undefined) return
      const detail = steadiness.said === 'shut' ? inWords(objections) : undefined
      if (!first && detail === toldLast) return
      toldLast = detail
      told(detail === undefined ? undefined : { by: 'conditions', detail })
    }

    const wake = (instants: readonly (Instant | undefined)[]): void => {
      waking?.()
      const due = instants.filter((at) => at !== undefined)
      waking = due.length === 0 ? undefined : clock.wakeAt(Math.min(...due), look)
    }

    const end = circumstances.watch(look)
    look()
    return () => {
      watching = false
      waking?.()
      end()
    }
  },
})

const inWords = (objections: readonly Objection[]): string =>
  objections.map(({ detail }) => detail).join('; ')
