/** What a watcher makes of a task's rounds, as values: which round is shown, what happened, when to stop. */
import { bytesText } from './bytes-text.ts'
import { endText, isOver, phaseText, type RoundView } from './round-text.ts'

export type Watched = {
  /** The newest round; undefined before a task's first. */
  newest: RoundView | undefined
  /** The round whose end is waited for, by its number; undefined where none is. */
  target: number | undefined
}

export type Until = 'interrupted' | 'the-next-end' | { round: number }

/** What there is at the first look. Rounds that are over by then are not told again. */
export const firstLook = (rounds: readonly RoundView[], until: Until): Watched => {
  const [newest] = rounds
  if (until === 'interrupted') return { newest, target: undefined }
  if (until !== 'the-next-end') return { newest, target: until.round }
  return { newest, target: newest === undefined ? 1 : isOver(newest) ? newest.number + 1 : newest.number }
}

/** Rounds that are new or have changed since, the oldest first. */
export const changedSince = ({ newest }: Watched, rounds: readonly RoundView[]): RoundView[] =>
  rounds
    .filter((round) =>
      newest === undefined || round.number > newest.number
        ? true
        : round.number === newest.number && JSON.stringify(round) !== JSON.stringify(newest),
    )
    .toReversed()

/** What happened to a round between two looks, a line each. */
export const eventsOf = (before: RoundView | undefined, round: RoundView): string[] => {
  const old = before?.number === round.number ? before : undefined
  const events: string[] = []
  if (!old)
    events.push(`Round ${round.id} has begun from version ${round.base.version}: ${phaseText(round)}.`)
  if (isOver(round)) return [...events, endText(round)]
  if (old && old.phase !== round.phase) events.push(`Round ${round.id}: ${phaseText(round)}.`)
  else if ('tally' in round && old && 'tally' in old) events.push(...tallyEvents(old.tally, round))
  return events
}

type Tally = Extract<RoundView, { phase: 'training' }>['tally']

const tallyEvents = (old: Tally, { id, tally }: { id: string; tally: Tally }): string[] => {
  const grown = (['received', 'declined', 'failed'] as const).flatMap((part) => {
    const more = tally[part] - old[part]
    return more > 0 ? [`${more} more ${part} (${tally[part]} of ${tally.invited})`] : []
  })
  const invited = tally.invited - old.invited
  const all = [...(invited > 0 ? [`${invited} more invited (${tally.invited})`] : []), ...grown]
  return all.length === 0 ? [] : [`Round ${id}: ${all.join(', ')}.`]
}

/** `1:05`, or `0:00` where it has passed. */
export const countdown = (deadlineAt: string, now: number): string => {
  const left = Math.max(0, Math.ceil((Date.parse(deadlineAt) - now) / 1_000))
  const hours = Math.floor(left / 3_600)
  const minutes = Math.floor((left % 3_600) / 60)
  const two = (value: number): string => String(value).padStart(2, '0')
  return hours > 0 ? `${hours}:${two(minutes)}:${two(left % 60)}` : `${minutes}:${two(left % 60)}`
}

/** What is worth a second line of a round that is over. */
export const versionText = (round: RoundView): string =>
  round.phase === 'completed'
    ? `version ${round.version.version}, ${bytesText(round.version.bytes)}, ${round.examples} examples`
    : ''
