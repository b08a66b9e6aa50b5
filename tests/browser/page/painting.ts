/** What the page shows: the plane in the colours of the kinds the model sees there, with the page's own points on it. */
export type Painting = {
  say(status: string): void
  /** Asks the model for every spot of the plane. */
  paint(title: string, probabilities: (inputs: Float32Array) => Promise<Float32Array>): Promise<void>
}

const SPOTS = 48
const SPOT_PIXELS = 8
/** The plane from -REACH to REACH, both ways. */
const REACH = 2.2
const COLOURS = [
  [214, 93, 66],
  [48, 117, 178],
  [72, 148, 92],
] as const

export const createPainting = (points: { inputs: Float32Array; targets: Int32Array }): Painting => {
  const heading = document.createElement('h1')
  heading.textContent = 'no model yet'
  const status = document.createElement('p')
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = SPOTS * SPOT_PIXELS
  document.body.append(heading, status, canvas)
  return {
    say(text) {
      status.textContent = text
    },
    async paint(title, probabilities) {
      const seen = await probabilities(spots())
      const context = canvas.getContext('2d')
      if (!context) throw new Error('this browser has no canvas')
      for (let spot = 0; spot < SPOTS * SPOTS; spot++) {
        context.fillStyle = colourOf(seen.subarray(3 * spot, 3 * spot + 3))
        const [column, row] = [spot % SPOTS, Math.floor(spot / SPOTS)]
        context.fillRect(column * SPOT_PIXELS, row * SPOT_PIXELS, SPOT_PIXELS, SPOT_PIXELS)
      }
      for (const [i, kind] of points.targets.entries()) {
        const [x = 0, y = 0] = points.inputs.subarray(2 * i, 2 * i + 2)
        context.fillStyle = `rgb(${COLOURS[kind]?.join(' ')})`
        context.strokeStyle = 'white'
        context.beginPath()
        context.arc(pixelOf(x), pixelOf(y), 4, 0, 2 * Math.PI)
        context.fill()
        context.stroke()
      }
      heading.textContent = title
    },
  }
}

const pixelOf = (at: number) => ((at + REACH) / (2 * REACH)) * SPOTS * SPOT_PIXELS

const spots = (): Float32Array => {
  const inputs = new Float32Array(2 * SPOTS * SPOTS)
  const at = (index: number) => ((index + 0.5) / SPOTS) * 2 * REACH - REACH
  for (let spot = 0; spot < SPOTS * SPOTS; spot++)
    inputs.set([at(spot % SPOTS), at(Math.floor(spot / SPOTS))], 2 * spot)
  return inputs
}

/** The kinds' colours, mixed by their probabilities and washed out, so that points show on them. */
const colourOf = (probabilities: Float32Array): string => {
  const channel = (which: 0 | 1 | 2) => {
    const mixed = COLOURS.reduce((sum, colour, kind) => sum + colour[which] * (probabilities[kind] ?? 0), 0)
    return Math.round(mixed + 0.45 * (255 - mixed))
  }
  return `rgb(${channel(0)} ${channel(1)} ${channel(2)})`
}
