import type { SystemView } from '@tributary/protocols/rest'
import { useEffect, useState } from 'react'

/** An hour of readings, five seconds apart. */
const KEPT = 720

export type History = readonly SystemView[]

/** A reading more; one that was there already, or is older than the last, changes nothing. */
export const withReading = (history: History, reading: SystemView): History => {
  const last = history.at(-1)
  if (last && last.at >= reading.at) return history
  // Another process, or the same one started anew: its figures do not go on from these.
  const goesOn = last === undefined || last.startedAt === reading.startedAt
  return goesOn ? [...history, reading].slice(-KEPT) : [reading]
}

/** Seconds before the newest reading, ascending to 0. */
export const secondsBefore = (history: History): readonly number[] => {
  const newest = Date.parse(history.at(-1)?.at ?? '')
  return history.map(({ at }) => Math.round((Date.parse(at) - newest) / 100) / 10)
}

/** What was read while the page is open. */
export const useHistory = (reading: SystemView | undefined): History => {
  const [history, setHistory] = useState<History>([])
  useEffect(() => {
    if (reading) setHistory((before) => withReading(before, reading))
  }, [reading])
  return history
}
