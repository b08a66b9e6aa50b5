/** When a change of circumstances is believed: a moment's glance at another tab, or a plug that slips, is to cost no round. Pure. */
import { type Instant, unreachable } from '@tributary/protocols'
import type { Objection } from './objections.ts'

/** What was said last, and since when what is looked at says otherwise. */
export type Steadiness = { said: 'open' | 'shut' | 'nothing'; otherwiseSince: Instant | undefined }

export const unsaid: Steadiness = { said: 'nothing', otherwiseSince: undefined }

/** Conditions that held have to hold again for so long. */
export const REOPEN_AFTER_MS = 5_000
/** One that ceases to hold has to be gone for so long, unless it is the user who came back, or the hour that is over. */
export const SHUT_AFTER_MS = 2_000

/** `lookAgainAt`: when a change that goes on is to be believed. */
export const steadied = (
  { said, otherwiseSince }: Steadiness,
  objections: readonly Objection[],
  now: Instant,
): { steadiness: Steadiness; lookAgainAt: Instant | undefined } => {
  const seen = objections.length === 0 ? 'open' : 'shut'
  if (seen === said) return { steadiness: { said, otherwiseSince: undefined }, lookAgainAt: undefined }
  const since = Math.min(otherwiseSince ?? now, now)
  const believedAt = since + patienceOf(said, objections)
  return believedAt <= now
    ? { steadiness: { said: seen, otherwiseSince: undefined }, lookAgainAt: undefined }
    : { steadiness: { said, otherwiseSince: since }, lookAgainAt: believedAt }
}

const patienceOf = (said: Steadiness['said'], objections: readonly Objection[]): number => {
  switch (said) {
    case 'nothing':
      return 0
    case 'shut':
      return REOPEN_AFTER_MS
    case 'open':
      return objections.some(({ condition }) => condition === 'idle' || condition === 'hours')
        ? 0
        : SHUT_AFTER_MS
    default:
      return unreachable(said)
  }
}
