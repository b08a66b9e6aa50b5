import { gunzipSync } from 'node:zlib'
import { DatasetError } from './dataset-error.ts'

/**
 * Decompresses gzip to at most `mostBytes`, so that a small hostile file cannot fill the memory.
 * @throws DatasetError naming the file when it is not gzip, cut short, or larger than that.
 */
export const gunzipWithin = (bytes: Uint8Array, name: string, mostBytes: number): Uint8Array => {
  try {
    return gunzipSync(bytes, { maxOutputLength: mostBytes })
  } catch (cause) {
    throw new DatasetError(`${name} cannot be decompressed: ${reasonOf(cause, mostBytes)}`, { cause })
  }
}

/** What zlib's error codes mean to someone with a broken file. */
export const reasonOf = (cause: unknown, mostBytes: number): string => {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  switch (code) {
    case 'ERR_BUFFER_TOO_LARGE':
      return `it holds more than the ${mostBytes} bytes that it should`
    case 'Z_BUF_ERROR':
      return 'it is cut short'
    case 'Z_DATA_ERROR':
      return 'it is damaged, or in another format'
    default:
      return String(cause)
  }
}
