import { CompressionFormatError } from './format-error.ts'

/**
 * Ascending coordinates as bytes: how many lie before each one since the last, seven bits a byte, low bits first, the high bit set where
 * more follow (LEB128). With 1 coordinate in 100 kept that is 1 to 2 bytes for each.
 */
export const encodeCoordinates = (at: Uint32Array): Uint8Array => {
  const bytes: number[] = []
  let next = 0
  for (const coordinate of at) {
    let gap = coordinate - next
    for (; gap > 127; gap >>>= 7) bytes.push((gap & 127) | 128)
    bytes.push(gap)
    next = coordinate + 1
  }
  return Uint8Array.from(bytes)
}

/**
 * @param expected coordinates of the whole vector, and how many of them were kept.
 * @throws CompressionFormatError when the bytes are not exactly that: so none comes twice, and none is beyond the vector.
 */
export const decodeCoordinates = (
  bytes: Uint8Array,
  { length, k }: { length: number; k: number },
): Uint32Array => {
  if (bytes.length < k)
    throw new CompressionFormatError('wrong-length', `${bytes.length} bytes cannot say ${k} coordinates`)
  const at = new Uint32Array(k)
  let from = 0
  for (let i = 0, next = 0; i < k; i++) {
    let gap = 0
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[from++]
      if (byte === undefined)
        throw new CompressionFormatError('wrong-length', 'the bytes end before the last coordinate')
      if (shift > 28 || (shift > 0 && byte === 0))
        throw new CompressionFormatError(
          'bad-coordinates',
          `coordinate number ${i} takes more bytes than it needs`,
        )
      gap += (byte & 127) * 2 ** shift
      if (byte < 128) break
    }
    if (next + gap >= length)
      throw new CompressionFormatError(
        'bad-coordinates',
        `coordinate ${next + gap} is beyond a vector of ${length}`,
      )
    at[i] = next + gap
    next += gap + 1
  }
  if (from !== bytes.length)
    throw new CompressionFormatError(
      'wrong-length',
      `${bytes.length - from} bytes follow the last coordinate`,
    )
  return at
}
