import type { MemberView, RoundView } from '@tributary/protocols/rest'

/** From when to when a timeline goes, in milliseconds since the epoch. */
export type Span = { from: number; to: number }

type Deadlined = { openedAt: string; startedAt?: string; deadlineAt?: string; endedAt?: string }

/** A round's timeline: from its start to its deadline while it goes on, and to its end when it is over. */
export const spanOf = (round: RoundView, now: number): Span => {
  const { openedAt, startedAt, deadlineAt, endedAt }: Deadlined = round
  const from = Date.parse(startedAt ?? openedAt)
  const to =
    endedAt === undefined
      ? Math.max(now, deadlineAt === undefined ? now : Date.parse(deadlineAt))
      : Date.parse(endedAt)
  return { from, to: Math.max(to, from + 1_000) }
}

/** Where a moment lies, 0 to 1; what is outside is held to the edge. */
export const shareAt = ({ from, to }: Span, at: number): number =>
  Math.min(1, Math.max(0, (at - from) / (to - from)))

export type Bar = { kind: 'asked' | 'working'; from: number; to: number }
export type Lane = {
  bars: readonly Bar[] /** Where it came to its end; undefined while it goes on. */
  end?: number
}

/**
 * What one member did, as shares of the span: asked from its invitation until it answered, then working until it was done.
 * Without the instants of its steps only what is known is drawn.
 */
export const laneOf = (member: MemberView, span: Span, now: number): Lane => {
  const at = (moment: string | undefined): number | undefined =>
    moment === undefined ? undefined : shareAt(span, Date.parse(moment))
  const invited = at(member.invitedAt)
  const accepted = at(member.acceptedAt)
  const over =
    member.status === 'received' ||
    member.status === 'declined' ||
    member.status === 'failed' ||
    member.status === 'dropped'
  const end = over
    ? (at(member.status === 'received' ? member.receivedAt : member.since) ?? undefined)
    : undefined
  const reached = end ?? (over ? undefined : shareAt(span, now))
  const bars: Bar[] = []
  if (invited !== undefined) {
    const to = accepted ?? reached
    if (to !== undefined) bars.push({ kind: 'asked', from: invited, to: Math.max(invited, to) })
  }
  if (accepted !== undefined && reached !== undefined)
    bars.push({ kind: 'working', from: accepted, to: Math.max(accepted, reached) })
  return end === undefined ? { bars } : { bars, end }
}

/** Round numbers of seconds, minutes or hours for the marks of an axis: at most `most` of them. */
export const marksOf = ({ from, to }: Span, most = 6): readonly number[] => {
  const length = to - from
  const step = STEPS.find((each) => length / each <= most) ?? length / most
  return Array.from({ length: Math.floor(length / step) + 1 }, (_, i) => i * step)
}

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 4, 8, 24, 48].map((n) => n * HOUR),
]

/** When so many updates were in, in milliseconds since the epoch; undefined where they are not. */
export const momentOf = (updates: number, members: readonly MemberView[]): number | undefined =>
  members
    .flatMap((member) => (member.status === 'received' ? [Date.parse(member.receivedAt)] : []))
    .toSorted((a, b) => a - b)[updates - 1]
