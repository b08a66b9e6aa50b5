import { DatasetError } from './dataset-error.ts'

const BLOCK = 512

/**
 * The regular files of a tar archive (POSIX.1-1988 ustar), by their path; views of `bytes`, not copies. Nothing is
 * written to disk, so paths that climb out of a folder do nothing.
 * @throws DatasetError when a header's checksum is wrong, a size is no number, or the archive is cut short.
 */
export const readTar = (bytes: Uint8Array, name: string): Map<string, Uint8Array> => {
  const files = new Map<string, Uint8Array>()
  for (let at = 0; ; ) {
    if (at + BLOCK > bytes.length)
      throw new DatasetError(
        `${name} is truncated: a tar archive ends in a block of zeros, this one does not`,
      )
    const header = bytes.subarray(at, at + BLOCK)
    if (header.every((byte) => byte === 0)) return files
    checkHeader(header, `${name}, byte ${at}`)
    const size = octal(header.subarray(124, 136))
    const path = [text(header.subarray(345, 500)), text(header.subarray(0, 100))].filter(Boolean).join('/')
    const start = at + BLOCK
    if (!(size >= 0) || start + size > bytes.length)
      throw new DatasetError(`${name} is truncated: ${JSON.stringify(path)} goes past its end`)
    const type = header[156] ?? 0
    if (type === 0 || type === 0x30) files.set(path, bytes.subarray(start, start + size))
    at = start + Math.ceil(size / BLOCK) * BLOCK
  }
}

/** The sum of a header's bytes, its own field read as spaces. */
const checkHeader = (header: Uint8Array, where: string): void => {
  let sum = 0
  for (const [i, byte] of header.entries()) sum += i >= 148 && i < 156 ? 0x20 : byte
  if (sum !== octal(header.subarray(148, 156)))
    throw new DatasetError(`${where}: this is no tar header, its checksum is wrong`)
}

const octal = (field: Uint8Array): number => {
  const digits = text(field).trim()
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN
}

const text = (field: Uint8Array): string => {
  const end = field.indexOf(0)
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end))
}
