/** Numbers as a reader wants them, unbroken before their units; a missing one is a dash. */
import { unreachable } from '@tributary/protocols'
import type { Spread } from './statistics.ts'

type Known = number | null | undefined

const DASH = '–'

export const percent = (share: Known, digits = 1): string =>
  isKnown(share) ? `${(100 * share).toFixed(digits)}\u00A0%` : DASH

/** Three digits, or whole where there are more. */
export const number = (value: Known): string => {
  if (!isKnown(value)) return value === null ? 'not finite' : DASH
  const size = Math.abs(value)
  if (size >= 1e9 || (size > 0 && size < 1e-3)) return value.toExponential(2)
  if (Number.isInteger(value) || size >= 1_000) return Math.round(value).toLocaleString('en-US')
  return value.toPrecision(3)
}

export const seconds = (value: Known): string => {
  if (!isKnown(value)) return DASH
  const { unit, size } = unitOf('seconds', value)
  return `${number(value / size)}${unit}`
}

/** Powers of ten, as networks are sold. */
export const bytes = (value: Known): string => {
  if (!isKnown(value)) return DASH
  const { unit, size } = byteUnit(value)
  return `${number(value / size)}\u00A0${unit}`
}

/** The unit in which this many bytes is a number of one to three digits. */
export const byteUnit = (most: number): { readonly unit: string; readonly size: number } => {
  const power = Math.max(0, Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(Math.max(1, most)) / 3)))
  return { unit: BYTE_UNITS[power] ?? 'B', size: 1_000 ** power }
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']

export type Measure = 'share' | 'number' | 'seconds' | 'bytes'

/** `91.2 ± 0.4 %` of several seeds, in the unit and with the decimals of the mean; `91.2 %` of one. */
export const spreadText = (spread: Spread | undefined, measure: Measure): string => {
  if (!spread) return DASH
  const { unit, size } = unitOf(measure, spread.mean)
  const [mean, deviation] = [spread.mean / size, spread.deviation / size]
  if (Math.abs(mean) >= 1e9 || (mean !== 0 && Math.abs(mean) < 1e-3)) return `${number(mean)}${unit}`
  const whole = spread.count === 1 && Number.isInteger(mean)
  const decimals = whole ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.max(1, Math.abs(mean)))))
  const text = (value: number) =>
    value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
  return spread.count === 1 ? `${text(mean)}${unit}` : `${text(mean)}\u00A0±\u00A0${text(deviation)}${unit}`
}

const unitOf = (measure: Measure, mean: number): { readonly unit: string; readonly size: number } => {
  switch (measure) {
    case 'share':
      return { unit: '\u00A0%', size: 0.01 }
    case 'number':
      return { unit: '', size: 1 }
    case 'seconds': {
      if (mean < 120) return { unit: '\u00A0s', size: 1 }
      return mean < 7_200 ? { unit: '\u00A0min', size: 60 } : { unit: '\u00A0h', size: 3_600 }
    }
    case 'bytes': {
      const { unit, size } = byteUnit(mean)
      return { unit: `\u00A0${unit}`, size }
    }
    default:
      return unreachable(measure)
  }
}

export const dateText = (date: Date): string => `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`

const isKnown = (value: Known): value is number => value !== null && value !== undefined
