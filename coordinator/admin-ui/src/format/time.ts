/** `26 Nov 2026, 22:10:05` in the reader's zone, or in the `zone` named. */
export const formatTime = (at: string, zone?: string): string => formatOf(zone).format(new Date(at))

/** The instant itself, for a tooltip: `2026-11-26 22:10:05.123 UTC`. */
export const formatUtc = (at: string): string =>
  new Date(at).toISOString().replace('T', ' ').replace('Z', ' UTC')

const formats = new Map<string | undefined, Intl.DateTimeFormat>()

const formatOf = (zone: string | undefined): Intl.DateTimeFormat => {
  const known = formats.get(zone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    ...(zone !== undefined && { timeZone: zone }),
  })
  formats.set(zone, made)
  return made
}
