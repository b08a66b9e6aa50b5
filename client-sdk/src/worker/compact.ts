/** A view of part of a buffer would take the whole buffer with it; what passes is the part alone. Other values are as they were. */
export const compact = (value: unknown): unknown => {
  if (!ArrayBuffer.isView(value) || value.byteLength === value.buffer.byteLength) return value
  return 'slice' in value && typeof value.slice === 'function' ? value.slice() : value
}
