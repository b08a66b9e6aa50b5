const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** `850 ms`, `4.2 s`, `12 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`: the two largest units. Negative durations keep their sign. */
export const formatDuration = (ms: number): string => {
  if (ms < 0) return `−${formatDuration(-ms)}`
  if (ms < SECOND) return `${Math.round(ms)} ms`
  if (ms < 9_950) return `${(ms / SECOND).toFixed(1)} s`
  const seconds = Math.round(ms / SECOND)
  if (seconds < 60) return `${seconds} s`
  if (ms < HOUR) return two(Math.floor(seconds / 60), 'min', seconds % 60, 's')
  if (ms < DAY) return two(Math.floor(ms / HOUR), 'h', Math.floor((ms % HOUR) / MINUTE), 'min')
  return two(Math.floor(ms / DAY), 'd', Math.floor((ms % DAY) / HOUR), 'h')
}

/** `now`, `12 s ago`, `in 3 min`: one unit, for a moment that is `ms` from now (negative: past). */
export const formatFromNow = (ms: number): string => {
  const away = Math.abs(ms)
  if (away < SECOND) return 'now'
  return ms < 0 ? `${oneUnit(away)} ago` : `in ${oneUnit(away)}`
}

const oneUnit = (ms: number): string => {
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`
  if (ms < 2 * DAY) return `${Math.floor(ms / HOUR)} h`
  return `${Math.floor(ms / DAY)} days`
}

const two = (large: number, largeUnit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`
