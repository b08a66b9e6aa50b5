/**
 * One record of a segment: a 64-byte header, the blob's bytes, zeros up to a multiple of 64.
 *
 *   0          8       16          24       56         64
 *   │ TRIBREC1 │ bytes │ syncedUpTo │ SHA-256 │ checksum │ blob … │ zeros │      numbers little-endian, 64 bits
 *
 * The checksum is the first 8 bytes of SHA-256 over the segment's id and the header before it. The id is random and
 * known to nobody outside, so no blob can hold what passes for a record when a scan looks for the next header.
 */
import { hash } from 'node:crypto'
import type { Digest } from '@tributary/protocols'
import { digestOfHash } from '@tributary/protocols/tensors'

export const HEADER_BYTES = 64
export const ALIGNMENT_BYTES = 64
export const SEGMENT_ID_BYTES = 16

export type RecordHeader = {
  digest: Digest
  /** The blob's length. */
  bytes: number
  /** So much of the segment was on the disk when this record was written. */
  syncedUpTo: number
}

/** What a blob of this length takes in a segment. */
export const recordBytes = (bytes: number): number => HEADER_BYTES + aligned(bytes)

/** Writes the header to the first 64 bytes of `into`. */
export const writeHeader = (
  into: Uint8Array,
  segmentId: Uint8Array,
  { digest, bytes, syncedUpTo }: RecordHeader,
): void => {
  const header = Buffer.from(into.buffer, into.byteOffset, HEADER_BYTES)
  header.write(MAGIC, 0, 'latin1')
  header.writeBigUInt64LE(BigInt(bytes), 8)
  header.writeBigUInt64LE(BigInt(syncedUpTo), 16)
  header.write(digest.slice(DIGEST_PREFIX.length), 24, 'hex')
  checksum(segmentId, header).copy(header, CHECKED_BYTES)
}

/** The header at the start of `from`, or `undefined` where there is none of this segment. */
export const readHeader = (from: Uint8Array, segmentId: Uint8Array): RecordHeader | undefined => {
  if (from.length < HEADER_BYTES) return undefined
  const header = Buffer.from(from.buffer, from.byteOffset, HEADER_BYTES)
  if (!startsRecord(header, 0)) return undefined
  if (!checksum(segmentId, header).equals(header.subarray(CHECKED_BYTES))) return undefined
  return {
    digest: digestOfHash(Uint8Array.from(header.subarray(24, CHECKED_BYTES))),
    bytes: Number(header.readBigUInt64LE(8)),
    syncedUpTo: Number(header.readBigUInt64LE(16)),
  }
}

/** Whether a header may stand at `at`: cheap, to be followed by `readHeader`. */
export const startsRecord = (bytes: Uint8Array, at: number): boolean =>
  MAGIC_BYTES.every((byte, i) => bytes[at + i] === byte)

export const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT_BYTES) * ALIGNMENT_BYTES

const MAGIC = 'TRIBREC1'
const MAGIC_BYTES = Buffer.from(MAGIC, 'latin1')
const DIGEST_PREFIX = 'sha256:'
const CHECKED_BYTES = 56

const checksum = (segmentId: Uint8Array, header: Uint8Array): Buffer =>
  hash('sha256', Buffer.concat([segmentId, header.subarray(0, CHECKED_BYTES)]), 'buffer').subarray(0, 8)
