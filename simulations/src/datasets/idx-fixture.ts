/** Builds IDX bytes for tests: elements of unsigned bytes unless another type is asked for. */
export const anIdx = ({
  shape,
  values,
  type = 0x08,
}: {
  shape: readonly number[]
  values: readonly number[]
  type?: number
}): Uint8Array => {
  const header = new DataView(new ArrayBuffer(4 + 4 * shape.length))
  header.setUint8(2, type)
  header.setUint8(3, shape.length)
  for (const [axis, size] of shape.entries()) header.setUint32(4 + 4 * axis, size)
  return Uint8Array.from([...new Uint8Array(header.buffer), ...values])
}
