import type { Digest } from '@tributary/protocols'
import { nativeDigestOf } from '../native-digest.ts'
import type { OpenFile } from './files.ts'
import { ALIGNMENT_BYTES, HEADER_BYTES, readHeader, recordBytes, startsRecord } from './segment-format.ts'
import { readAt } from './whole-file.ts'

/** Where in its segment a record's blob begins, and how long it is. */
export type ScannedRecord = { digest: Digest; at: number; bytes: number }

/**
 * The records of a segment that an earlier process wrote. What headers vouch for as synced is taken as it is, so a
 * blob that rotted is found when it is read, and its neighbours are not touched; what came after the last sync may be
 * torn, and counts only where its bytes have their digest. The segment must be synced before they are relied on.
 */
export const scanSegment = async (file: OpenFile, segmentId: Uint8Array): Promise<ScannedRecord[]> => {
  const { size } = await file.stat()
  const found: ScannedRecord[] = []
  let syncedUpTo = 0
  for (let at: number | undefined = 0; at !== undefined && at < size; ) {
    const header = readHeader(await readAt(file, at, HEADER_BYTES), segmentId)
    if (header && at + HEADER_BYTES + header.bytes <= size) {
      found.push({ digest: header.digest, at: at + HEADER_BYTES, bytes: header.bytes })
      syncedUpTo = Math.max(syncedUpTo, header.syncedUpTo)
      at += recordBytes(header.bytes)
    } else at = await nextHeader(file, at + ALIGNMENT_BYTES, size, segmentId)
  }
  const whole: ScannedRecord[] = []
  for (const record of found)
    if (record.at + record.bytes <= syncedUpTo || (await isWhole(file, record))) whole.push(record)
  return whole
}

const isWhole = async (file: OpenFile, { digest, at, bytes }: ScannedRecord): Promise<boolean> =>
  nativeDigestOf(await readAt(file, at, bytes)) === digest

const PIECE_BYTES = 1_024 * 1_024

/** Where a damaged header hides how long its record is, the next one is looked for. */
const nextHeader = async (
  file: OpenFile,
  from: number,
  size: number,
  segmentId: Uint8Array,
): Promise<number | undefined> => {
  for (let start = from; start < size; start += PIECE_BYTES) {
    const piece = await readAt(file, start, Math.min(PIECE_BYTES, size - start))
    for (let at = 0; at + HEADER_BYTES <= piece.length; at += ALIGNMENT_BYTES)
      if (startsRecord(piece, at) && readHeader(piece.subarray(at), segmentId)) return start + at
  }
  return undefined
}
