const counts = new Intl.NumberFormat('en')

/** `10,482`. */
export const formatCount = (count: number): string => counts.format(count)

/** A measured number in four digits: `0.8731`, `12.4`, `1.2e-7`; names the values that are no number. */
export const formatMeasure = (value: number): string => {
  if (Number.isNaN(value)) return 'not a number'
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞'
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (size < 1e-4 || size >= 1e9)
    return String(Number(value.toPrecision(4)).toExponential()).replace('e+', 'e')
  return size >= 10_000 ? formatCount(Math.round(value)) : String(Number(value.toPrecision(4)))
}

/** `42%`, of a fraction 0 to 1; never `100%` before all of it is there. */
export const formatPercent = (fraction: number): string => `${Math.floor(fraction * 100 + 1e-9)}%`

/** `1 round`, `3 rounds`. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`
