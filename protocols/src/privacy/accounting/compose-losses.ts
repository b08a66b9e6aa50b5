import { type Complex, inverseTransform, transform } from '../arithmetic/fourier.ts'
import type { PrivacyLoss } from './privacy-loss.ts'
import { requireCount } from './requirements.ts'

/** What may fall outside the window of a composition, each side; it is added to the infinite loss. */
const tail = 1e-16

/** 2²¹ points take about a second. */
const longest = 2 ** 21

/** The grid is too fine for so wide a composition; a wider step, or the Rényi accountant, still answers. */
export class LossGridError extends Error {
  override name = 'LossGridError'
}

export type LossPart = { loss: PrivacyLoss; count: number }

/**
 * The losses of releases made one after another, each seeing those before it: sums of independent losses, by the fast Fourier
 * transform (Koskela, Jälkö and Honkela 2020). The window holds all but 2e-16 of the sum (Chernoff), and `infinite` takes up
 * both that and a bound of the transform's rounding, so the result dominates still. All parts must have one step.
 * @throws LossGridError where the window would be wider than 2²¹ steps.
 */
export const composeLosses = (parts: readonly LossPart[]): PrivacyLoss => {
  const [first] = parts
  if (first === undefined) throw new RangeError('composeLosses: nothing to compose')
  const { step } = first.loss
  for (const { loss, count } of parts) {
    requireCount('count', count)
    if (loss.step !== step) throw new RangeError('composeLosses: the grids have different steps')
  }
  const { low, high } = windowOf(parts)
  const width = Math.max(high - low + 1, ...parts.map(({ loss }) => loss.masses.length))
  const length = 2 ** Math.ceil(Math.log2(width))
  if (length > longest)
    throw new LossGridError(
      `the losses span ${width} steps of ${step}, more than ${longest}: take a wider step`,
    )
  const spectrum = unitSpectrum(length)
  let releases = 0
  let finite = 1
  for (const { loss, count } of parts) {
    const transformed = { re: new Float64Array(length), im: new Float64Array(length) }
    transformed.re.set(loss.masses)
    transform(transformed)
    multiplyByPower(spectrum, transformed, count)
    releases += count
    finite *= (1 - loss.infinite) ** count
  }
  const rounding = roundingBound(spectrum, releases)
  inverseTransform(spectrum)
  return {
    step,
    lowest: low,
    masses: unwrapped(spectrum.re, {
      low,
      offset: parts.reduce((sum, { loss, count }) => sum + count * loss.lowest, 0),
    }),
    infinite: Math.min(1, -Math.expm1(Math.log(finite)) + 2 * tail + rounding),
  }
}

/** Grid indices between which the sum falls but for `tail` each side: min over λ of (ln E[e^{λL}] + ln(1/tail)) / λ. */
const windowOf = (parts: readonly LossPart[]): { low: number; high: number } => {
  const { step } = parts[0]?.loss ?? { step: 1 }
  let [low, high] = [0, 0]
  for (const { loss, count } of parts) {
    low += count * loss.lowest
    high += count * (loss.lowest + loss.masses.length - 1)
  }
  const logs = parts.map(({ loss }) => loss.masses.map(Math.log))
  const momentAt = (tilt: number) =>
    parts.reduce((sum, { loss, count }, i) => sum + count * logMoment(logs[i] ?? loss.masses, loss, tilt), 0)
  for (let power = -6; power <= 8; power += 1) {
    const tilt = 2 ** power
    high = Math.min(high, Math.ceil((momentAt(tilt) - Math.log(tail)) / tilt / step))
    low = Math.max(low, Math.floor((Math.log(tail) - momentAt(-tilt)) / tilt / step))
  }
  return { low, high }
}

/** ln Σ mass e^{tilt · loss}, from the logarithms of the masses. */
const logMoment = (logs: Float64Array, { lowest, step }: PrivacyLoss, tilt: number): number => {
  let most = Number.NEGATIVE_INFINITY
  for (let i = 0; i < logs.length; i++) most = Math.max(most, (logs[i] ?? 0) + tilt * (lowest + i) * step)
  let sum = 0
  for (let i = 0; i < logs.length; i++) sum += Math.exp((logs[i] ?? 0) + tilt * (lowest + i) * step - most)
  return most + Math.log(sum)
}

const unitSpectrum = (length: number): Complex => ({
  re: new Float64Array(length).fill(1),
  im: new Float64Array(length),
})

/** spectrum[k] *= factor[k]^count, in polar form. */
function multiplyByPower(spectrum: Complex, factor: Complex, count: number): void {
  for (let k = 0; k < spectrum.re.length; k++) {
    const [re, im] = [factor.re[k] ?? 0, factor.im[k] ?? 0]
    const size = Math.hypot(re, im) ** count
    const angle = count * Math.atan2(im, re)
    const [pr, pi] = [size * Math.cos(angle), size * Math.sin(angle)]
    const [sr, si] = [spectrum.re[k] ?? 0, spectrum.im[k] ?? 0]
    spectrum.re[k] = sr * pr - si * pi
    spectrum.im[k] = sr * pi + si * pr
  }
}

/**
 * A bound of Σ |error| of the masses: √N times their Euclidean error is the Euclidean error of the spectrum (Parseval), whose entries
 * carry a relative error of 2 ε log₂N from the transform, taken to the power of the number of releases.
 */
const roundingBound = ({ re, im }: Complex, releases: number): number => {
  let energy = 0
  for (let k = 0; k < re.length; k++) energy += (re[k] ?? 0) ** 2 + (im[k] ?? 0) ** 2
  return 2 * 2 ** -53 * Math.log2(re.length) * (releases + 1) * Math.sqrt(energy)
}

/** The circular sum begins at index `offset` modulo its length; the window begins at `low`. */
const unwrapped = (
  circular: Float64Array,
  { low, offset }: { low: number; offset: number },
): Float64Array => {
  const { length } = circular
  const shift = (((low - offset) % length) + length) % length
  return Float64Array.from(circular, (_, i) => Math.max(0, circular[(i + shift) % length] ?? 0))
}
