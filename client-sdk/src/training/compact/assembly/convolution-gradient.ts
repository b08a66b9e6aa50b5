/**
 * Gradients of a convolution. Behind a maximum over windows and a ReLU most of the output's gradient is exactly zero, so
 * both gradients are sums over lists of what is not: of the windows, weighted, for the filters (a list for each output
 * channel) and of the filters, weighted, for the input (a list for each position). Sums stay in registers along a list.
 */

import { addGathered, blockOf } from './gathered'
import { Geometry } from './geometry'
import { interleave } from './interleave'

/**
 * dw = the gradient of w, and dx += that of the bordered input; either may be 0, for not wanted.
 * `scratch`: 512 bytes, and room for 2 × outChannels × windowHeight × (windowRow to the next 4) + (positions + 1) ×
 * (4 × outChannels + 2) values.
 */
export function convolutionGradient(
  g: Geometry,
  images: usize,
  x: usize,
  dy: usize,
  w: usize,
  dw: usize,
  dx: usize,
  scratch: usize,
): void {
  const channels = g.outChannels as usize
  const height = g.windowHeight as usize
  const rowLength = g.windowRow as usize
  const rowBytes = ((rowLength + 3) & ~3) * 4
  const filterBytes = height * rowBytes
  const positions = (g.outHeight * g.outWidth) as usize
  const filters = scratch + 512
  const filterGradients = filters + channels * filterBytes
  const byChannel = filterGradients + channels * filterBytes
  const byPlace = byChannel + channels * (positions + 1) * 8
  const placeEnds = byPlace + channels * (positions + 1) * 8
  const channelBytes = (positions + 1) * 8
  memory.fill(filters, 0, 2 * channels * filterBytes)
  if (dx) filterRows(w, channels, height, rowLength, rowBytes, filters, scratch)
  for (let image: usize = 0; image < images; image++) {
    list(g, x, dy, filters, filterBytes, byChannel, channelBytes, byPlace, placeEnds)
    for (let row: usize = 0; row < height; row++) {
      for (let from: usize = 0; from < rowBytes; ) {
        const vectors = blockOf((rowBytes - from) >> 4)
        const at = row * rowBytes + from
        for (let channel: usize = 0; dw && channel < channels; channel++) {
          const start = byChannel + channel * channelBytes
          // The end of each list is written before it.
          addGathered(
            vectors,
            start + 8,
            load<u32>(start),
            row * g.rowBytes + from,
            filterGradients + channel * filterBytes + at,
          )
        }
        if (dx) addToPlaces(g, vectors, byPlace, placeEnds, at, dx + row * g.rowBytes + from)
        from += (vectors as usize) * 16
      }
    }
    x += g.imageBytes
    if (dx) dx += g.imageBytes
    dy += positions * channels * 4
  }
  for (let row: usize = 0; dw && row < height; row++)
    for (let channel: usize = 0; channel < channels; channel += 8) {
      const some = min<usize>(8, channels - channel)
      for (let i: usize = 0; i < some; i++)
        store<u32>(scratch + i * 4, (filterGradients + (channel + i) * filterBytes + row * rowBytes) as u32)
      interleave(scratch, some, 0, rowLength, dw + (row * rowLength * channels + channel) * 4, channels * 4)
    }
}

/** Both lists of one image's values that are not zero: (address, value) pairs. */
function list(
  g: Geometry,
  x: usize,
  dy: usize,
  filters: usize,
  filterBytes: usize,
  byChannel: usize,
  channelBytes: usize,
  byPlace: usize,
  placeEnds: usize,
): void {
  const channels = g.outChannels as usize
  for (let channel: usize = 0; channel < channels; channel++) {
    const start = byChannel + channel * channelBytes
    store<u32>(start, (start + 8) as u32)
  }
  for (let down: u32 = 0; down < g.outHeight; down++)
    for (let across: u32 = 0; across < g.outWidth; across++) {
      const place = (x as u32) + down * g.stepDown + across * g.stepAcross
      for (let channel: usize = 0; channel < channels; channel++) {
        const value = load<f32>(dy + channel * 4)
        if (value === 0) continue
        const start = byChannel + channel * channelBytes
        const end = load<u32>(start)
        store<u32>(end, place)
        store<f32>(end, value, 4)
        store<u32>(start, end + 8)
        store<u32>(byPlace, (filters + channel * filterBytes) as u32)
        store<f32>(byPlace, value, 4)
        byPlace += 8
      }
      store<u32>(placeEnds, byPlace as u32)
      placeEnds += 4
      dy += channels * 4
    }
}

function addToPlaces(
  g: Geometry,
  vectors: i32,
  byPlace: usize,
  placeEnds: usize,
  offset: usize,
  dx: usize,
): void {
  for (let down: u32 = 0; down < g.outHeight; down++)
    for (let across: u32 = 0; across < g.outWidth; across++) {
      const end = load<u32>(placeEnds)
      if (end !== byPlace)
        addGathered(vectors, byPlace, end, offset, dx + down * g.stepDown + across * g.stepAcross)
      byPlace = end
      placeEnds += 4
    }
}

/** From [windowHeight × windowRow, channels] to one filter after the other, each of its rows to whole fours. */
function filterRows(
  w: usize,
  channels: usize,
  height: usize,
  rowLength: usize,
  rowBytes: usize,
  filters: usize,
  table: usize,
): void {
  for (let row: usize = 0; row < height; row++)
    for (let k: usize = 0; k < rowLength; k += 4) {
      const some = min<usize>(4, rowLength - k)
      for (let i: usize = 0; i < some; i++)
        store<u32>(table + i * 4, (w + (row * rowLength + k + i) * channels * 4) as u32)
      interleave(table, some, 0, channels, filters + row * rowBytes + k * 4, height * rowBytes)
    }
}
