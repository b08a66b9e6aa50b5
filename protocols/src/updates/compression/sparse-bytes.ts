import { CompressionFormatError } from './format-error.ts'
import type { SparseVector } from './top-k.ts'

/**
 * A sparse vector as bytes: the kept values as little-endian float32, then how many coordinates lie before each one since the last, seven
 * bits a byte, low bits first, the high bit set where more follow (LEB128). With 1 coordinate in 100 kept that is 5 to 6 bytes for each.
 */
export const encodeSparse = ({ at, values }: SparseVector): Uint8Array => {
  const gaps: number[] = []
  for (let i = 0, next = 0; i < at.length; i++) {
    let gap = (at[i] ?? 0) - next
    for (; gap > 127; gap >>>= 7) gaps.push((gap & 127) | 128)
    gaps.push(gap)
    next = (at[i] ?? 0) + 1
  }
  const bytes = new Uint8Array(4 * values.length + gaps.length)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < values.length; i++) view.setFloat32(4 * i, values[i] ?? 0, true)
  bytes.set(gaps, 4 * values.length)
  return bytes
}

/**
 * @param expected coordinates of the whole vector, and how many of them were kept.
 * @throws CompressionFormatError when the bytes are not exactly that.
 */
export const decodeSparse = (
  bytes: Uint8Array,
  { length, k }: { length: number; k: number },
): SparseVector => {
  if (bytes.length < 5 * k) throw new CompressionFormatError(`${bytes.length} bytes cannot hold ${k} values`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const values = Float32Array.from({ length: k }, (_, i) => view.getFloat32(4 * i, true))
  const at = new Uint32Array(k)
  let from = 4 * k
  for (let i = 0, next = 0; i < k; i++) {
    let gap = 0
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[from++]
      if (byte === undefined) throw new CompressionFormatError('the bytes end before the last coordinate')
      if (shift > 28) throw new CompressionFormatError('a coordinate has more than five bytes')
      gap += (byte & 127) * 2 ** shift
      if (byte < 128) break
    }
    if (next + gap >= length)
      throw new CompressionFormatError(`coordinate ${next + gap} is beyond a vector of ${length}`)
    at[i] = next + gap
    next += gap + 1
  }
  if (from !== bytes.length) throw new CompressionFormatError(`${bytes.length - from} bytes too many`)
  return { length, at, values }
}
