/**
 * Convolution of images [height, width, channels] that already have their border. A window's row is contiguous in such
 * an image, so nothing is unrolled into a matrix: five windows at a time are interleaved and multiplied.
 */
import { Geometry } from './geometry'
import { interleave } from './interleave'
import { packPanels } from './panels'
import { edgeTile, nextRows } from './products'

/**
 * y = max(bias + x ∗ w, floor). w: [windowHeight × windowRow, outChannels].
 * `scratch`: 512 bytes, and room for windowHeight × windowRow × (5 + outChannels to the next 8) values.
 */
export function convolve(
  g: Geometry,
  images: usize,
  x: usize,
  w: usize,
  bias: usize,
  floor: f32,
  y: usize,
  scratch: usize,
): void {
  const rowLength = g.windowRow as usize
  const height = g.windowHeight as usize
  const depth = rowLength * height
  const channels = g.outChannels as usize
  const step = channels * 4
  const packed = scratch + 512
  const panels = packed + depth * 20
  packPanels(w, depth, channels, panels)
  let down: u32 = 0
  let across: u32 = 0
  for (let left = images * g.outHeight * g.outWidth; left > 0; ) {
    const high = nextRows(left)
    for (let i: usize = 0; i < high; i++) {
      store<u32>(scratch + i * 4, (x as u32) + down * g.stepDown + across * g.stepAcross)
      if (++across === g.outWidth) {
        across = 0
        if (++down === g.outHeight) {
          down = 0
          x += g.imageBytes
        }
      }
    }
    for (let row: usize = 0; row < height; row++)
      interleave(scratch, high, row * g.rowBytes, rowLength, packed + row * rowLength * high * 4, high * 4)
    for (let channel: usize = 0; channel < channels; channel += 8) {
      const wide = min<usize>(8, channels - channel)
      const from = channel * 4
      edgeTile(
        high,
        wide,
        packed,
        high * 4,
        panels + from * depth,
        32,
        depth,
        bias + from,
        0,
        1,
        floor,
        y + from,
        step,
        scratch,
      )
    }
    y += high * step
    left -= high
  }
}

/**
 * Copies rows of `rowBytes` from images to images whose rows lie otherwise: puts a border around, or takes it off.
 * Addresses are those of the first row; steps are bytes.
 */
export function copyRows(
  from: usize,
  fromRow: usize,
  fromImage: usize,
  to: usize,
  toRow: usize,
  toImage: usize,
  rowBytes: usize,
  rows: usize,
  images: usize,
): void {
  for (let image: usize = 0; image < images; image++) {
    for (let row: usize = 0; row < rows; row++) memory.copy(to + row * toRow, from + row * fromRow, rowBytes)
    from += fromImage
    to += toImage
  }
}
