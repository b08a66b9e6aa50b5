import { formatDuration, formatFromNow } from '../format/duration.ts'
import { formatTime, formatUtc } from '../format/time.ts'
import { useNow } from './now.ts'

/** A moment in the reader's zone; the exact instant in UTC shows on hover. */
export const Time = ({ at }: { at: string }) => (
  <time dateTime={at} title={formatUtc(at)}>
    {formatTime(at)}
  </time>
)

/** `3 min ago`, `in 12 s`. */
export const FromNow = ({ at }: { at: string }) => (
  <time dateTime={at} title={`${formatTime(at)} (${formatUtc(at)})`}>
    {formatFromNow(Date.parse(at) - useNow())}
  </time>
)

/** How long until a moment, or how long since it: `2 min 3 s`. */
export const Until = ({ at }: { at: string }) => (
  <time dateTime={at} title={`${formatTime(at)} (${formatUtc(at)})`}>
    {formatDuration(Math.round((Date.parse(at) - useNow()) / 1_000) * 1_000)}
  </time>
)
