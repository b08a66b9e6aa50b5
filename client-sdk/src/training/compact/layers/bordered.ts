/** Where a window slides over an image, with the border that it needs. */
import type { Padding, Pair } from '../layer-specs.ts'

export type Bordered = {
  /** Of the image with its border. */
  height: number
  width: number
  /** Rows above and columns to the left. */
  top: number
  left: number
}

/** TensorFlow's rule: of an odd border, the larger part is below and to the right. */
export const bordered = (
  [height, width]: Pair,
  out: Pair,
  window: Pair,
  strides: Pair,
  padding: Padding,
): Bordered => {
  const down = padding === 'same' ? missing(height, out[0], window[0], strides[0]) : 0
  const across = padding === 'same' ? missing(width, out[1], window[1], strides[1]) : 0
  return { height: height + down, width: width + across, top: down >> 1, left: across >> 1 }
}

const missing = (length: number, out: number, window: number, stride: number): number =>
  Math.max(0, (out - 1) * stride + window - length)
