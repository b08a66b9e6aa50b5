import { GLYPHS } from './glyphs.ts'
import { bell, between, type Uniforms, wander, weightedIndex } from './uniforms.ts'

/** One person's handwriting: what stays the same from digit to digit. */
export type Hand = {
  /** Sideways lean over a digit's height, as a share of it; positive leans right. */
  readonly slant: number
  /** Tangent of half the turning angle: the turn stays free of sin and cos. */
  readonly turn: number
  /** Width relative to the model forms. */
  readonly width: number
  /** The pen's half-width in pixels of the finished image. */
  readonly penRadius: number
  /** How much the pen's half-width swings along a stroke, as a share of it. */
  readonly pressure: number
  /** The longer side of a digit with its ink, in pixels; at most 20 is used. */
  readonly size: number
  /** How far a digit's points stray each time, in digit heights; hurried writers stray more. */
  readonly wobble: number
  /** How this hand writes each digit, by digit. */
  readonly habits: readonly Habit[]
}

export type Habit = {
  /** The preferred form of the digit. */
  readonly form: number
  /** Width and lean of this digit beyond the hand's own. */
  readonly width: number
  readonly slant: number
  readonly bend: Bend
  /** `offsets[form]`: x and y displacement of each point of the form, in stroke order. */
  readonly offsets: readonly Float64Array[]
}

/** Smooth distortion of a whole digit: how far x and y move with x², xy and y² from its middle. */
export type Bend = { readonly x: Quadratic; readonly y: Quadratic }
export type Quadratic = readonly [xx: number, xy: number, yy: number]

/** Draws a hand from the population: people differ from one another more than from themselves. */
export const drawHand = (next: Uniforms): Hand => {
  const ownShape = between(next, 0.02, 0.055)
  return {
    slant: 0.15 + 0.29 * bell(next),
    turn: 0.045 * bell(next),
    width: between(next, 0.65, 1.35),
    penRadius: between(next, 0.8, 1.3) + 0.9 * next() * next(),
    pressure: between(next, 0.05, 0.35),
    size: between(next, 18.5, 20),
    wobble: between(next, 0.012, 0.05),
    habits: GLYPHS.map((forms) => ({
      form: weightedIndex(
        next,
        forms.map(({ weight }) => weight),
      ),
      width: 1 + 0.12 * bell(next),
      slant: 0.07 * bell(next),
      bend: drawBend(next, 0.31),
      offsets: forms.map(({ strokes }) => drawOffsets(strokes.flat().length, ownShape, next)),
    })),
  }
}

export const drawBend = (next: Uniforms, deviation: number): Bend => {
  const quadratic = (): Quadratic => [deviation * bell(next), deviation * bell(next), deviation * bell(next)]
  return { x: quadratic(), y: quadratic() }
}

/** Neighbouring points stray together, as a hand's curves stay curves. */
const drawOffsets = (points: number, deviation: number, next: Uniforms): Float64Array => {
  const [x, y] = [wander(next), wander(next)]
  return Float64Array.from({ length: 2 * points }, (_, i) => deviation * (i % 2 === 0 ? x() : y()))
}
