import { IMAGE_PIXELS, IMAGE_SIDE } from '../digit-set.ts'

export type Point = { readonly x: number; readonly y: number }
/** A point of a drawn line with the pen's half-width there, in the same unit as x and y. */
export type InkPoint = Point & { readonly radius: number }

/** How far ink reaches beyond the pen's half-width, fading, in pixels. */
export const SOFT_EDGE = 0.625

const CURVE_STEPS = 8

/** A curve through all the points: a centripetal Catmull-Rom spline (Yuksel, Schaefer and Keyser 2011), flattened. */
export const curveThrough = (points: readonly Point[]): Point[] => {
  const [first, second] = points
  const last = points.at(-1)
  const beforeLast = points.at(-2)
  if (!first || !second || !last || !beforeLast) return [...points]
  const padded = [reflect(second, first), ...points, reflect(beforeLast, last)]
  const line: Point[] = [first]
  for (let i = 1; i < padded.length - 2; i++) {
    const [a, b, c, d] = padded.slice(i - 1, i + 3)
    if (!a || !b || !c || !d) break
    for (let step = 1; step <= CURVE_STEPS; step++) line.push(onSpline(a, b, c, d, step / CURVE_STEPS))
  }
  return line
}

/** Adds the lines' ink to a 28 × 28 image of bytes, edges softened over a pixel. Coordinates are in pixels. */
export const drawInk = (image: Uint8Array, lines: readonly (readonly InkPoint[])[]): void => {
  for (const line of lines)
    for (let i = 1; i < line.length; i++) {
      const from = line[i - 1]
      const to = line[i]
      if (from && to) drawSegment(image, from, to)
    }
}

/** How far, in whole pixels, to move an image so that its centre of mass is the field's, without cutting ink. */
export const shiftToCentre = (image: Uint8Array): { right: number; down: number } => {
  let mass = 0
  let massX = 0
  let massY = 0
  let [left, right, top, bottom] = [IMAGE_SIDE, -1, IMAGE_SIDE, -1]
  for (let at = 0; at < IMAGE_PIXELS; at++) {
    const ink = image[at] ?? 0
    if (ink === 0) continue
    const x = at % IMAGE_SIDE
    const y = (at - x) / IMAGE_SIDE
    mass += ink
    massX += ink * x
    massY += ink * y
    left = Math.min(left, x)
    right = Math.max(right, x)
    top = Math.min(top, y)
    bottom = Math.max(bottom, y)
  }
  if (mass === 0) return { right: 0, down: 0 }
  const centre = (IMAGE_SIDE - 1) / 2
  return {
    right: clamp(Math.round(centre - massX / mass), -left, IMAGE_SIDE - 1 - right),
    down: clamp(Math.round(centre - massY / mass), -top, IMAGE_SIDE - 1 - bottom),
  }
}

const onSpline = (a: Point, b: Point, c: Point, d: Point, t: number): Point => {
  const tb = knot(a, b)
  const tc = tb + knot(b, c)
  const td = tc + knot(c, d)
  const at = tb + t * (tc - tb)
  const ab = mix(a, b, at / tb)
  const bc = mix(b, c, (at - tb) / (tc - tb))
  const cd = mix(c, d, (at - tc) / (td - tc))
  return mix(mix(ab, bc, at / tc), mix(bc, cd, (at - tb) / (td - tb)), (at - tb) / (tc - tb))
}

/** The square root of the distance; never zero, so that points that fall together do not divide by it. */
const knot = (p: Point, q: Point): number => {
  const [dx, dy] = [q.x - p.x, q.y - p.y]
  return Math.max(1e-3, Math.sqrt(Math.sqrt(dx * dx + dy * dy)))
}

const mix = (p: Point, q: Point, t: number): Point => ({ x: p.x + t * (q.x - p.x), y: p.y + t * (q.y - p.y) })

const reflect = (p: Point, about: Point): Point => ({ x: 2 * about.x - p.x, y: 2 * about.y - p.y })

const drawSegment = (image: Uint8Array, from: InkPoint, to: InkPoint): void => {
  const reach = Math.max(from.radius, to.radius) + 1
  const dx = to.x - from.x
  const dy = to.y - from.y
  const lengthSquared = dx * dx + dy * dy
  const left = Math.max(0, Math.floor(Math.min(from.x, to.x) - reach))
  const right = Math.min(IMAGE_SIDE - 1, Math.ceil(Math.max(from.x, to.x) + reach))
  const top = Math.max(0, Math.floor(Math.min(from.y, to.y) - reach))
  const bottom = Math.min(IMAGE_SIDE - 1, Math.ceil(Math.max(from.y, to.y) + reach))
  for (let y = top; y <= bottom; y++)
    for (let x = left; x <= right; x++) {
      const along =
        lengthSquared === 0 ? 0 : clamp(((x - from.x) * dx + (y - from.y) * dy) / lengthSquared, 0, 1)
      const offX = x - from.x - along * dx
      const offY = y - from.y - along * dy
      const inside = from.radius + along * (to.radius - from.radius) - Math.sqrt(offX * offX + offY * offY)
      const ink = Math.round(255 * clamp(0.5 * (1 + inside / SOFT_EDGE), 0, 1))
      const at = y * IMAGE_SIDE + x
      if (ink > (image[at] ?? 0)) image[at] = ink
    }
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value))
