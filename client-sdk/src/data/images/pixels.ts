/** Pixels as a model takes them. */

/** Bytes of red, green, blue and alpha, row by row: an `ImageData`, or what a decoder in Node gives. */
export type Pixels = { data: Uint8ClampedArray | Uint8Array; width: number; height: number }

export type ImageShape = readonly [height: number, width: number, channels: 1 | 3]

/** Rec. 601: what the eye makes of red, green and blue. */
const LUMA = [0.299, 0.587, 0.114] as const

/**
 * Values from 0 to 1 into `to`, rows × columns × channels. Each is the mean of the pixels that its own square covers, by how much it covers of them; what is
 * transparent is black as far as it is.
 */
export const writePixels = (
  { data, width, height }: Pixels,
  [rows, columns, channels]: ImageShape,
  to: Float32Array,
): void => {
  const across = spans(width, columns)
  const down = spans(height, rows)
  let at = 0
  for (const [top, heights] of down)
    for (const [left, widths] of across) {
      const sum = [0, 0, 0]
      let area = 0
      for (const [j, h] of heights.entries())
        for (const [i, w] of widths.entries()) {
          const pixel = 4 * ((top + j) * width + left + i)
          const opaque = (h * w * (data[pixel + 3] ?? 0)) / 255
          for (let c = 0; c < 3; c++) sum[c] = (sum[c] ?? 0) + opaque * (data[pixel + c] ?? 0)
          area += h * w
        }
      const [red = 0, green = 0, blue = 0] = sum.map((value) => value / (255 * area))
      if (channels === 3) to.set([red, green, blue], at)
      else to[at] = Math.min(1, LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue)
      at += channels
    }
}

/** For each of `to` squares side by side: its first pixel of `from`, and how much it covers of each from there on. */
const spans = (from: number, to: number): [first: number, covered: number[]][] =>
  Array.from({ length: to }, (_, square) => {
    const [start, end] = [(square * from) / to, ((square + 1) * from) / to]
    const first = Math.min(Math.floor(start), from - 1)
    const last = Math.max(first + 1, Math.min(from, Math.ceil(end - 1e-9)))
    const covered = Array.from({ length: last - first }, (_, i) =>
      Math.max(1e-9, Math.min(end, first + i + 1) - Math.max(start, first + i)),
    )
    return [first, covered]
  })
