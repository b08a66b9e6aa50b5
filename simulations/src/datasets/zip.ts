import { crc32, inflateRawSync } from 'node:zlib'
import { DatasetError } from './dataset-error.ts'
import { reasonOf } from './unpack.ts'

const END = 0x06054b50
const ENTRY = 0x02014b50
const LOCAL = 0x04034b50

/**
 * One member of a zip archive (PKWARE APPNOTE 6.3), stored or deflated, its CRC-32 checked; without ZIP64.
 * @throws DatasetError when the archive is cut short or damaged, lacks the member, or the member is larger than `mostBytes`.
 */
export const readZipMember = (
  bytes: Uint8Array,
  { name, member, mostBytes }: { name: string; member: string; mostBytes: number },
): Uint8Array => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const refuse = (why: string): never => {
    throw new DatasetError(`${name} cannot be unpacked: ${why}`)
  }
  try {
    const entry = findEntry(view, bytes, member)
    if (entry === undefined) return refuse(`it has no ${JSON.stringify(member)}`)
    if (entry.size > mostBytes) return refuse(`${member} has ${entry.size} bytes, more than ${mostBytes}`)
    if (view.getUint32(entry.at, true) !== LOCAL) return refuse(`${member} is not where its directory says`)
    const start = entry.at + 30 + view.getUint16(entry.at + 26, true) + view.getUint16(entry.at + 28, true)
    const packed = bytes.subarray(start, start + entry.packedSize)
    const content = unpack(packed, entry)
    if (content === undefined) return refuse(`${member} is packed by method ${entry.method}`)
    if (content.length !== entry.size || crc32(content) !== entry.crc)
      return refuse(`${member} is damaged, its CRC-32 is wrong`)
    return content
  } catch (cause) {
    if (cause instanceof DatasetError) throw cause
    // A read past the end throws a RangeError without a code; so does zlib, with one.
    const outside = cause instanceof RangeError && !('code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE')
    const why = outside ? 'it is cut short' : reasonOf(cause, mostBytes)
    throw new DatasetError(`${name} cannot be unpacked: ${why}`, { cause })
  }
}

type Entry = { method: number; crc: number; packedSize: number; size: number; at: number }

const unpack = (packed: Uint8Array, { method, size }: Entry): Uint8Array | undefined => {
  if (method === 0) return packed
  return method === 8 ? inflateRawSync(packed, { maxOutputLength: Math.max(1, size) }) : undefined
}

/** The directory stands at the end, behind it a record that says where it begins. */
const findEntry = (view: DataView, bytes: Uint8Array, member: string): Entry | undefined => {
  let end = bytes.length - 22
  while (view.getUint32(end, true) !== END) end--
  let at = view.getUint32(end + 16, true)
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    if (view.getUint32(at, true) !== ENTRY) throw new RangeError('the directory is damaged')
    const nameLength = view.getUint16(at + 28, true)
    if (new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength)) === member)
      return {
        method: view.getUint16(at + 10, true),
        crc: view.getUint32(at + 16, true),
        packedSize: view.getUint32(at + 20, true),
        size: view.getUint32(at + 24, true),
        at: view.getUint32(at + 42, true),
      }
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  }
  return undefined
}
