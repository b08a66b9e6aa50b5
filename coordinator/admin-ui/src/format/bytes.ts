const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const

/** `1.2 MB`: decimal units, three digits at most. */
export const formatBytes = (bytes: number): string => {
  let value = bytes
  let unit = 0
  // Rounding must not make 1000 kB of 999,999 B.
  while (Math.abs(Number(value.toPrecision(3))) >= 1000 && unit < UNITS.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${unit === 0 ? value : Number(value.toPrecision(3))} ${UNITS[unit]}`
}
