/** What a file says of its own size, before anything is decoded: a few bytes may declare an image that no memory holds. */

export type DeclaredSize = { width: number; height: number }

/** Bytes of a file that are looked at. A JPEG's size stands behind its metadata, which may hold a preview. */
export const HEAD_BYTES = 262_144

/** `undefined` for what is no PNG, JPEG, GIF or WebP, or does not say. */
export const declaredSize = (head: Uint8Array): DeclaredSize | undefined => {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  const text = (at: number, length: number) => String.fromCharCode(...head.subarray(at, at + length))
  if (head.length >= 24 && text(1, 3) === 'PNG' && text(12, 4) === 'IHDR')
    return { width: view.getUint32(16), height: view.getUint32(20) }
  if (head.length >= 10 && text(0, 3) === 'GIF')
    return { width: view.getUint16(6, true), height: view.getUint16(8, true) }
  if (head.length >= 30 && text(0, 4) === 'RIFF' && text(8, 4) === 'WEBP') return webp(view, text(12, 4))
  return head[0] === 0xff && head[1] === 0xd8 ? jpeg(view) : undefined
}

const webp = (view: DataView, chunk: string): DeclaredSize | undefined => {
  switch (chunk) {
    case 'VP8X': {
      const at24 = (at: number) => 1 + (view.getUint16(at, true) | (view.getUint8(at + 2) << 16))
      return { width: at24(24), height: at24(27) }
    }
    case 'VP8L': {
      const bits = view.getUint32(21, true)
      return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) }
    }
    case 'VP8 ':
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
    default:
      return undefined
  }
}

/** Segments up to the frame's own, which has its size (ITU T.81, B.2.2). */
const jpeg = (view: DataView): DeclaredSize | undefined => {
  for (let at = 2; at + 9 <= view.byteLength; ) {
    if (view.getUint8(at) !== 0xff) return undefined
    const marker = view.getUint8(at + 1)
    if (marker === 0xff) at++
    else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) }
    else at += 2 + view.getUint16(at + 2)
  }
  return undefined
}
