import * as z from 'zod/mini'
import type { Participation } from '../accounting/terms.ts'

/**
 * A client's own record of the rounds of a task for which it may have sent something. The client enforces its participation bound by it,
 * since a coordinator that lied about rounds is one of those that privacy is to hold against. Written down before sending:
 * a record that was lost counts as a bound that was reached.
 */
export const ParticipationRecord = z.strictObject({
  /** Times in all. */
  times: z.int().check(z.minimum(0)),
  /** The number of the last such round; null where there was none. */
  last: z.nullable(z.int().check(z.minimum(1))),
})
export type ParticipationRecord = z.infer<typeof ParticipationRecord>

export type Admission =
  | { kind: 'admitted'; record: ParticipationRecord }
  | { kind: 'refused'; reason: 'took-part-often-enough' | 'too-soon' | 'not-a-later-round' }

/** Whether the client may take part in round `round`, and its record if it does. A round that is not later than the last is refused. */
export const admit = (
  record: ParticipationRecord,
  round: number,
  participation: Participation,
): Admission => {
  if (record.times >= participation.most) return { kind: 'refused', reason: 'took-part-often-enough' }
  if (record.last !== null && round <= record.last) return { kind: 'refused', reason: 'not-a-later-round' }
  if (record.last !== null && round - record.last <= participation.between)
    return { kind: 'refused', reason: 'too-soon' }
  return { kind: 'admitted', record: { times: record.times + 1, last: round } }
}
