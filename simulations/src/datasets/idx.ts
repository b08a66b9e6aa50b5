import { DatasetError } from './dataset-error.ts'

/**
 * The IDX format of the MNIST files, already gunzipped: two zero bytes, an element type, the number of
 * dimensions, then each dimension and the elements, big-endian (LeCun, Cortes and Burges, "The MNIST database").
 */
export type IdxBytes = { readonly shape: readonly number[]; readonly values: Uint8Array }

export type IdxExpectation = {
  /** For messages: the file as the reader knows it. */
  readonly name: string
  /** One entry a dimension: its required size, or `any`. */
  readonly shape: readonly (number | 'any')[]
}

const UNSIGNED_BYTE = 0x08
const GZIP_MAGIC = 0x1f8b

/**
 * Reads an IDX array of unsigned bytes. `values` is a view of `bytes`, not a copy.
 * @throws DatasetError when it is not IDX, holds other elements, has another shape, is truncated or too long.
 */
export const readIdx = (bytes: Uint8Array, { name, shape: expected }: IdxExpectation): IdxBytes => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 4)
    throw new DatasetError(`${name} is truncated: ${bytes.length} bytes, no IDX magic number`)
  const leading = view.getUint16(0)
  if (leading === GZIP_MAGIC)
    throw new DatasetError(`${name} is still gzip-compressed: decompress it before reading`)
  if (leading !== 0)
    throw new DatasetError(
      `${name} is not an IDX file: it starts with 0x${hex(leading, 4)} where IDX has 0x0000`,
    )
  if (view.getUint8(2) !== UNSIGNED_BYTE)
    throw new DatasetError(
      `${name} holds IDX elements of type 0x${hex(view.getUint8(2), 2)}, not unsigned bytes (0x08)`,
    )

  const rank = view.getUint8(3)
  if (rank !== expected.length)
    throw new DatasetError(`${name} has ${rank} dimensions where ${expected.length} are expected`)
  const start = 4 + 4 * rank
  if (bytes.length < start)
    throw new DatasetError(`${name} is truncated: ${bytes.length} bytes where its header alone has ${start}`)
  const shape = expected.map((_, axis) => view.getUint32(4 + 4 * axis))
  if (expected.some((size, axis) => size !== 'any' && size !== shape[axis]))
    throw new DatasetError(`${name} has shape ${shape.join(' × ')} where ${expected.join(' × ')} is expected`)

  const count = shape.reduce((product, size) => product * size, 1)
  const found = bytes.length - start
  if (found < count)
    throw new DatasetError(
      `${name} is truncated: ${shape.join(' × ')} needs ${count} elements, it has ${found}`,
    )
  if (found > count) throw new DatasetError(`${name} has ${found - count} bytes after its last element`)
  return { shape, values: bytes.subarray(start) }
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0')
