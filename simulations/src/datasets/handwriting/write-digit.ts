import { IMAGE_PIXELS, IMAGE_SIDE } from '../digit-set.ts'
import { GLYPHS, type Stroke } from './glyphs.ts'
import { drawBend, type Habit, type Hand, type Quadratic } from './hand.ts'
import { curveThrough, drawInk, type InkPoint, type Point, SOFT_EDGE, shiftToCentre } from './pen.ts'
import { bell, integerBetween, type Uniforms, wander } from './uniforms.ts'

/** How often a hand writes a digit in another form than its usual one. */
const UNUSUAL = 0.12

/**
 * One digit by one hand as 784 bytes, framed as MNIST frames its own: at most 20 pixels on its longer side,
 * in 28 × 28, its centre of mass in the middle.
 */
export const writeDigit = (digit: number, hand: Hand, next: Uniforms): Uint8Array => {
  const forms = GLYPHS[digit]
  const habit = hand.habits[digit]
  if (!forms || !habit) throw new RangeError(`a digit is 0 to 9, not ${digit}`)
  const form = next() < UNUSUAL ? integerBetween(next, 0, forms.length - 1) : habit.form
  const place = placement(hand, habit, next)
  const offsets = habit.offsets[form] ?? new Float64Array(0)
  let point = 0
  const lines = (forms[form]?.strokes ?? []).map((stroke) => {
    const first = point
    point += stroke.length
    const [strayX, strayY] = [wander(next), wander(next)]
    return strokeLine(
      stroke,
      stroke.map(({ x, y }, i) => {
        const own = 2 * (first + i)
        return place({
          x: x + (offsets[own] ?? 0) + hand.wobble * strayX(),
          y: y + (offsets[own + 1] ?? 0) + hand.wobble * strayY(),
        })
      }),
    )
  })
  return centred(fitToField(lines, hand, next))
}

/** The map from model form to this writing of it: bent, narrowed or widened, leaned and turned. */
const placement = (hand: Hand, habit: Habit, next: Uniforms): ((point: Point) => Point) => {
  const chance = drawBend(next, 0.12)
  const slant = hand.slant + habit.slant + 0.05 * bell(next)
  const width = hand.width * habit.width * (1 + 0.07 * bell(next))
  const turn = hand.turn + 0.03 * bell(next)
  const cos = (1 - turn * turn) / (1 + turn * turn)
  const sin = (2 * turn) / (1 + turn * turn)
  return ({ x, y }) => {
    const [u, v] = [x - 0.33, y - 0.5]
    const bentX = u + bent(habit.bend.x, u, v) + bent(chance.x, u, v)
    const bentY = v + bent(habit.bend.y, u, v) + bent(chance.y, u, v)
    const leanX = width * bentX - slant * bentY
    return { x: cos * leanX - sin * bentY, y: sin * leanX + cos * bentY }
  }
}

const bent = ([xx, xy, yy]: Quadratic, x: number, y: number): number => xx * x * x + xy * x * y + yy * y * y

/** The stroke's points as one line, curved between corners. */
const strokeLine = (stroke: Stroke, points: readonly Point[]): Point[] => {
  const line: Point[] = []
  let from = 0
  for (let i = 1; i < points.length; i++)
    if (i === points.length - 1 || stroke[i]?.corner) {
      line.push(...curveThrough(points.slice(from, i + 1)))
      from = i
    }
  return line
}

const fitToField = (lines: readonly (readonly Point[])[], hand: Hand, next: Uniforms): InkPoint[][] => {
  const all = lines.flat()
  const [left, right] = extent(all.map(({ x }) => x))
  const [top, bottom] = extent(all.map(({ y }) => y))
  const radius = hand.penRadius * (1 + 0.07 * bell(next))
  // The pen's half-width swings linearly between a few random values along each stroke.
  const swings = lines.map(() =>
    Array.from({ length: 5 }, () => radius * (1 + 0.5 * hand.pressure * bell(next))),
  )
  const inkedSize = Math.min(20, hand.size + 0.5 * bell(next))
  const size = inkedSize - 2 * (Math.max(...swings.flat()) + SOFT_EDGE)
  const scale = size / Math.max(right - left, bottom - top, 0.1)
  const middle = (IMAGE_SIDE - 1) / 2
  return lines.map((line, stroke) =>
    line.map(({ x, y }, i) => ({
      x: middle + scale * (x - (left + right) / 2),
      y: middle + scale * (y - (top + bottom) / 2),
      radius: along(swings[stroke] ?? [], i / Math.max(1, line.length - 1)),
    })),
  )
}

const centred = (lines: readonly (readonly InkPoint[])[]): Uint8Array => {
  const drawn = new Uint8Array(IMAGE_PIXELS)
  drawInk(drawn, lines)
  const { right, down } = shiftToCentre(drawn)
  const image = new Uint8Array(IMAGE_PIXELS)
  for (const [at, ink] of drawn.entries()) if (ink > 0) image[at + down * IMAGE_SIDE + right] = ink
  return image
}

/** Evenly spaced `values` read between them: 0 is the first, 1 the last. */
const along = (values: readonly number[], share: number): number => {
  const at = share * (values.length - 1)
  const index = Math.min(values.length - 2, Math.floor(at))
  const low = values[index] ?? 0
  return low + (at - index) * ((values[index + 1] ?? low) - low)
}

const extent = (values: readonly number[]): [low: number, high: number] => [
  Math.min(...values),
  Math.max(...values),
]
